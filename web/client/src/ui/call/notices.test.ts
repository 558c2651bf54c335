import { expect, test } from 'vitest';
import { EMPTY, type CallModel } from '../../call/model';
import { person } from '../../call/testing';
import { silencedNotice, stillsNotice } from './notices';

const lin = person({ id: 2, name: 'Lin', place: 'call' });
const wang = person({ id: 3, name: 'Wang', place: 'call' });
const model = (...people: (typeof lin)[]): CallModel => ({
  ...EMPTY,
  people: new Map(people.map((one) => [one.id, { ...one, waitingSince: null }])),
});

test('who sees still pictures of one is named, or counted', () => {
  expect(stillsNotice({ weak: false, by: [] }, model(lin, wang))).toBeNull();
  expect(stillsNotice({ weak: false, by: [2] }, model(lin, wang))).toContain('Lin');
  expect(stillsNotice({ weak: false, by: [2, 3] }, model(lin, wang))).toContain('2');
});

test('who is away sees nothing, and is not spoken of', () => {
  const away = person({ ...lin, presence: 'reconnecting' });
  expect(stillsNotice({ weak: false, by: [2] }, model(away, wang))).toBeNull();
  expect(stillsNotice({ weak: true, by: [2] }, model(away, wang))).toBeNull();
  expect(stillsNotice({ weak: false, by: [2, 3] }, model(away, wang))).toContain('Wang');
});

test('a weak network of one’s own is said first', () => {
  const own = stillsNotice({ weak: true, by: [2, 3] }, model(lin, wang));
  expect(own).not.toContain('2');
  expect(own).not.toBeNull();
});

test('who was silenced reads by whom, and how to go on', () => {
  const silenced = { by: 2, kind: 'audio' as const };
  expect(silencedNotice({ ...model(lin), silenced })).toContain('Lin');
  expect(silencedNotice(model(lin))).toBeNull();
});

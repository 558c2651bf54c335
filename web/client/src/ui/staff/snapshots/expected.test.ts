import { expect, test } from 'vitest';
import { askAgainIn } from './expected';

const noon = Date.parse('2026-06-15T12:00:00Z');
const MINUTE_MS = 60_000;
const taken = (minutesAgo: number, best_expected = true) => ({
  taken_at: new Date(noon - minutesAgo * MINUTE_MS).toISOString(),
  best_expected,
});
const minutes = (wait: number | null) => wait && Math.round(wait / MINUTE_MS);

test('the first that the server may give up on is asked about just after', () => {
  const wait = askAgainIn([taken(2), taken(7), taken(9, false)], noon);
  expect(minutes(wait)).toBe(3);
  expect(noon + (wait ?? 0)).toBeGreaterThan(noon + 3 * MINUTE_MS);
});

test('where nothing is awaited nothing is asked', () => {
  expect(askAgainIn([], noon)).toBeNull();
  expect(askAgainIn([taken(2, false), taken(700, false)], noon)).toBeNull();
});

test('what is awaited for longer is asked about now and then, by a clock that is wrong too', () => {
  expect(minutes(askAgainIn([taken(12)], noon))).toBe(8);
  expect(minutes(askAgainIn([taken(-3)], noon))).toBe(10);
});

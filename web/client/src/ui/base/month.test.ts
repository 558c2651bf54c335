import { expect, test } from 'vitest';
import { addMonths, dayByKey, weeksOf } from './month';

test('a month is shown in whole weeks from Monday on', () => {
  const weeks = weeksOf('2026-05-14');
  expect(weeks[0]?.[0]).toBe('2026-04-27');
  expect(weeks.at(-1)?.[6]).toBe('2026-05-31');
  expect(weeks).toHaveLength(5);
  expect(weeksOf('2027-02-10')).toHaveLength(4);
});

test('a month on, a day that is missing becomes the last', () => {
  expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
  expect(addMonths('2026-01-31', -2)).toBe('2025-11-30');
  expect(addMonths('2024-02-29', 12)).toBe('2025-02-28');
});

test('keys move by days, weeks, months and years', () => {
  const to = (key: string, shift = false) => dayByKey('2026-05-14', key, shift);
  expect([to('ArrowLeft'), to('ArrowDown')]).toEqual(['2026-05-13', '2026-05-21']);
  expect([to('Home'), to('End')]).toEqual(['2026-05-11', '2026-05-17']);
  expect([to('PageDown'), to('PageUp', true)]).toEqual(['2026-06-14', '2025-05-14']);
  expect(to('Tab')).toBeUndefined();
});

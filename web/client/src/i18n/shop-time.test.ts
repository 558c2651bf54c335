import { expect, test } from 'vitest';
import { addDays, dayOf, instantOf, spanOf, timeOf } from './shop-time';

test('a time in the shop becomes the right instant', () => {
  expect(instantOf('2026-05-04', '14:30', 'Asia/Shanghai').toISOString()).toBe(
    '2026-05-04T06:30:00.000Z',
  );
  expect(instantOf('2026-05-04', '14:30', 'America/New_York').toISOString()).toBe(
    '2026-05-04T18:30:00.000Z',
  );
});

test('an instant near midnight belongs to the shop’s day', () => {
  expect(dayOf('2026-05-04T17:00:00Z', 'Asia/Shanghai')).toBe('2026-05-05');
  expect(timeOf('2026-05-04T17:05:00Z', 'Asia/Shanghai')).toBe('01:05');
});

test('a day with a clock change is an hour shorter or longer', () => {
  const hours = (day: string) => {
    const { from, to } = spanOf(day, 'Europe/Berlin');
    return (Date.parse(to) - Date.parse(from)) / 3_600_000;
  };
  expect(hours('2026-03-29')).toBe(23);
  expect(hours('2026-10-25')).toBe(25);
  expect(hours('2026-06-01')).toBe(24);
});

test('a time that the clock change skips is moved past it', () => {
  const at = instantOf('2026-03-29', '02:30', 'Europe/Berlin');
  expect(timeOf(at, 'Europe/Berlin')).toMatch(/^0[13]:30$/);
});

test('days are counted across months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
});

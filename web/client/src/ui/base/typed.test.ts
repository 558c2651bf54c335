import { expect, test } from 'vitest';
import { dayIn, isWholeDay, isWholeTime, timeIn } from './typed';

test.each(['2026-05-04', '2026-5-4', '2026/05/04', '2026.5.4', '20260504', ' 2026 - 05 - 04 '])(
  '“%s” is the fourth of May',
  (text) => expect(dayIn(text)).toBe('2026-05-04'),
);

test('a day is read as Chinese writes it, in full width too', () => {
  expect(dayIn('2026年5月4日')).toBe('2026-05-04');
  expect(dayIn('２０２６－０５－０４')).toBe('2026-05-04');
});

test.each(['', '2026-05', '4.5.2026', '05/04/2026', '2026-04-31', '2026-13-01', '202654', 'today'])(
  '“%s” is no day',
  (text) => expect(dayIn(text)).toBeUndefined(),
);

test('the 29th of February is a day every four years', () => {
  expect(dayIn('2028-02-29')).toBe('2028-02-29');
  expect(dayIn('2027-02-29')).toBeUndefined();
});

test.each(['09:30', '9:30', '9.30', '0930', '930', '9：30', '9点30分', '9时30'])(
  '“%s” is half past nine',
  (text) => expect(timeIn(text)).toBe('09:30'),
);

test('an hour alone is a full one', () => {
  expect([timeIn('14'), timeIn('0'), timeIn('14点')]).toEqual(['14:00', '00:00', '14:00']);
});

test.each(['', '24:00', '9:60', '9:5', '12345', '2pm', '-1:00'])('“%s” is no time', (text) =>
  expect(timeIn(text)).toBeUndefined(),
);

test('what is still being typed waits for its last digit', () => {
  expect(['2026-05-0', '2026-05-04', '20260504'].map(isWholeDay)).toEqual([false, true, true]);
  expect(['9:3', '14:0', '14:05', '1405'].map(isWholeTime)).toEqual([false, false, true, true]);
});

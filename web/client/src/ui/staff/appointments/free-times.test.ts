import { afterEach, expect, test } from 'vitest';
import { weekdays, type DayHours } from '../../../api/types';
import { useTimeZone } from '../../../i18n/format';
import { freeTimes, hoursOf, isFree, nearest } from './free-times';

afterEach(() => useTimeZone('Asia/Shanghai'));
useTimeZone('Asia/Shanghai');
const at = (time: string) => Date.parse(`2026-05-04T${time}:00+08:00`);
const daily = (opens: string, closes: string): DayHours[] =>
  weekdays.map((weekday) => ({ weekday, opens, closes }));

test('a time that touches another appointment only at its edge is free', () => {
  const busy = [{ from: at('10:00'), to: at('11:00') }];
  expect(isFree(at('11:00'), 30, busy)).toBe(true);
  expect(isFree(at('09:30'), 30, busy)).toBe(true);
  expect(isFree(at('09:45'), 30, busy)).toBe(false);
});

test('only what is still to come and long enough is offered', () => {
  const busy = [{ from: at('10:00'), to: at('20:00') }];
  const hours = daily('09:00', '21:00');
  expect(freeTimes('2026-05-04', 60, busy, at('08:00'), hours)).toEqual(['09:00', '20:00']);
  expect(freeTimes('2026-05-04', 60, busy, at('09:10'), hours)).toEqual(['20:00']);
  expect(freeTimes('2026-05-04', 90, busy, at('09:10'), hours)).toEqual([]);
});

test('times are offered within the hours of that day of the week', () => {
  const hours: DayHours[] = [{ weekday: 'monday', opens: '10:15', closes: '11:30' }];
  expect(freeTimes('2026-05-04', 30, [], 0, hours)).toEqual(['10:15', '10:45']);
  expect(freeTimes('2026-05-05', 30, [], 0, hours)).toEqual([]);
  expect(hoursOf('2026-05-03', daily('09:00', '24:00'))?.weekday).toBe('sunday');
  expect(freeTimes('2026-05-04', 60, [], 0, daily('22:30', '24:00'))).toEqual(['22:30', '23:00']);
});

test('on the days of a clock change the offered times are those of the shop’s clock', () => {
  useTimeZone('Europe/Berlin');
  const nights = daily('01:00', '04:00');
  expect(freeTimes('2026-03-29', 60, [], 0, nights)).toEqual(['01:00', '01:30', '03:00']);
  // 01:00 is an hour's work before closing time on the 29th of March: 02:00 is 03:00 already.
  expect(freeTimes('2026-03-29', 120, [], 0, nights)).toEqual(['01:00']);
  expect(freeTimes('2026-10-25', 60, [], 0, nights)).toContain('03:00');
});

test('the nearest times come after the wished one, then before it', () => {
  expect(nearest(['09:00', '09:30', '12:00', '15:00'], '11:00', 3)).toEqual([
    '09:30',
    '12:00',
    '15:00',
  ]);
});

import { expect, test } from 'vitest';
import type { DayHours } from '../../../api/types';
import { asHours, asWeek, backwards, times, zones } from './hours';

const hours: DayHours[] = [
  { weekday: 'monday', opens: '09:30', closes: '18:00' },
  { weekday: 'sunday', opens: '10:00', closes: '24:00' },
];

test('the hours that are kept are the hours that are saved again', () => {
  expect(asHours(asWeek(hours))).toEqual(hours);
  expect(asHours(asWeek([]))).toEqual([]);
});

test('a day that is opened for the first time has usual hours', () => {
  const week = asWeek(hours);
  week.tuesday.open = true;
  expect(asHours(week)[1]).toEqual({ weekday: 'tuesday', opens: '09:00', closes: '21:00' });
});

test('a day that closes before it opens is named, and a closed one is not', () => {
  const week = asWeek(hours);
  expect(backwards(week)).toBeUndefined();
  week.monday.closes = '09:00';
  expect(backwards(week)).toBe('monday');
  week.monday.open = false;
  expect(backwards(week)).toBeUndefined();
});

test('the zone that is kept is among those to choose from', () => {
  expect(zones('Asia/Shanghai')).toContain('Asia/Shanghai');
  expect(zones('Somewhere/Else')).toContain('Somewhere/Else');
});

test('a day is offered in quarters to its end, and what is kept stays', () => {
  expect(times('09:00')).toHaveLength(97);
  expect([times('09:00')[0], times('09:00').at(-1)]).toEqual(['00:00', '24:00']);
  expect(times('09:20')).toContain('09:20');
});

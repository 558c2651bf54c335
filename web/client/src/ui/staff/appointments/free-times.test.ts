import { expect, test } from 'vitest';
import { useTimeZone } from '../../../i18n/format';
import { freeTimes, isFree, nearest } from './free-times';

useTimeZone('Asia/Shanghai');
const at = (time: string) => Date.parse(`2026-05-04T${time}:00+08:00`);

test('a time that touches another appointment only at its edge is free', () => {
  const busy = [{ from: at('10:00'), to: at('11:00') }];
  expect(isFree(at('11:00'), 30, busy)).toBe(true);
  expect(isFree(at('09:30'), 30, busy)).toBe(true);
  expect(isFree(at('09:45'), 30, busy)).toBe(false);
});

test('only what is still to come and long enough is offered', () => {
  const busy = [{ from: at('10:00'), to: at('20:00') }];
  expect(freeTimes('2026-05-04', 60, busy, at('08:00'))).toEqual(['09:00', '20:00']);
  expect(freeTimes('2026-05-04', 60, busy, at('09:10'))).toEqual(['20:00']);
  expect(freeTimes('2026-05-04', 90, busy, at('09:10'))).toEqual([]);
});

test('the nearest times come after the wished one, then before it', () => {
  expect(nearest(['09:00', '09:30', '12:00', '15:00'], '11:00', 3)).toEqual([
    '09:30',
    '12:00',
    '15:00',
  ]);
});

import { afterEach, expect, test } from 'vitest';
import { dateOf } from './calendar';
import { dayAndTimeThere, otherZone, timeZone, useTimeZone } from './format';
import { useLanguage } from './language.svelte';

afterEach(() => useTimeZone(undefined));

const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** One that is elsewhere, wherever this runs. */
const [elsewhere, name, named] =
  device === 'Asia/Shanghai'
    ? ['America/New_York', /Eastern (Daylight|Standard) Time/, /北美东部/]
    : ['Asia/Shanghai', /China Standard Time/, /中国标准时间/];

test('until the shop has named a zone, every time is the device’s', () => {
  expect(timeZone()).toBe(device);
  expect(otherZone('2026-05-04T09:30:00Z')).toBeUndefined();
});

test('a time in the shop names its zone where the device’s clock shows another', () => {
  useTimeZone(elsewhere);
  useLanguage('zh-CN');
  expect(dayAndTimeThere('2026-05-04T09:30:00Z')).toMatch(named);
  useLanguage('en');
  expect(dayAndTimeThere('2026-05-04T09:30:00Z')).toMatch(name);
});

test('a zone that shows the same time needs no name', () => {
  useTimeZone(device);
  expect(dayAndTimeThere('2026-05-04T09:30:00Z')).not.toContain('(');
});

test('a zone that this device does not know leaves the device’s', () => {
  useTimeZone('Mars/Olympus');
  expect(timeZone()).toBe(device);
});

test('a day is written in the chosen language', () => {
  useLanguage('zh-CN');
  expect(dateOf('2026-05-04')).toBe('2026年5月4日');
  useLanguage('en');
  expect(dateOf('2026-05-04')).toBe('4 May 2026');
});

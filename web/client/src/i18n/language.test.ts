import { expect, test } from 'vitest';
import { common } from './common';
import { clock, length } from './format';
import { preferred, useLanguage } from './language.svelte';

test('the browser’s first language that we speak is taken', () => {
  expect(preferred(['zh-HK', 'en'])).toBe('zh-CN');
  expect(preferred(['fr', 'en-US', 'zh'])).toBe('en');
  expect(preferred(['fr'])).toBe('en');
});

test('words follow the switch', () => {
  useLanguage('zh-CN');
  expect(common.close).toBe('关闭');
  expect(length(90)).toBe('1\u00a0小时 30\u00a0分钟');
  useLanguage('en');
  expect(common.close).toBe('Close');
  expect(length(90)).toBe('1\u00a0h 30\u00a0min');
});

test('a wait is counted like a clock', () => {
  expect(clock(4_000)).toBe('0:04');
  expect(clock(247_000)).toBe('4:07');
  expect(clock(3_723_000)).toBe('1:02:03');
});

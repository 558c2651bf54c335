import { expect, test } from 'vitest';
import { familyOf, isInsideApp } from './browser';

const wechat =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
const chrome =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36';

test('a browser inside WeChat is known, and the phone’s own is not taken for one', () => {
  expect(isInsideApp(wechat)).toBe(true);
  expect(isInsideApp(safari)).toBe(false);
  expect(isInsideApp(chrome)).toBe(false);
});

test('the advice fits the system', () => {
  expect(familyOf(safari)).toBe('ios');
  expect(familyOf(chrome)).toBe('android');
});

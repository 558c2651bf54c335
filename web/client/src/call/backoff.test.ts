import { expect, test } from 'vitest';
import { NEXT_ATTEMPT_MS, RECONNECT, retryDelay } from './backoff';

test('the first attempt follows at once', () => {
  expect(retryDelay(0, RECONNECT, 0.9)).toBe(0);
});

test('waits grow up to a ceiling that leaves time to be back within three seconds', () => {
  const waits = [1, 2, 3, 4, 5, 20].map((failures) => retryDelay(failures, RECONNECT, 1));
  expect(waits).toEqual([100, 200, 400, 500, 500, 500]);
  expect(Math.max(...waits) + NEXT_ATTEMPT_MS).toBeLessThan(3000);
});

test('chance spreads clients over half of the interval', () => {
  expect(retryDelay(4, RECONNECT, 0)).toBe(250);
  expect(retryDelay(4, RECONNECT, 0.5)).toBe(375);
});

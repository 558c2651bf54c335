import { afterEach, expect, test, vi } from 'vitest';
import { Reporting } from './reporting';
import { writable } from './store';
import type { Transport } from './transport';

afterEach(() => void vi.useRealTimers());

test('what is started twice is stopped by one stop', async () => {
  vi.useFakeTimers();
  const tell = vi.fn();
  const transport = { state: writable('connected'), stats: async () => new Map() };
  const reporting = new Reporting(transport as unknown as Transport, tell);
  reporting.start();
  reporting.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(tell).toHaveBeenCalledTimes(1);
  reporting.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tell).toHaveBeenCalledTimes(1);
});

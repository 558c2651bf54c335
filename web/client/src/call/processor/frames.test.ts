import { expect, test } from 'vitest';
import { MissedFrames } from './frames';

const all = (arrived: number, decoded: number, dropped = 0) => ({ arrived, decoded, dropped });

test('what came and was not decoded, or too late, is missed', () => {
  const missed = new MissedFrames();
  expect(missed.measure(all(100, 50))).toBe(0);
  expect(missed.measure(all(200, 150))).toBe(0);
  expect(missed.measure(all(210, 158))).toBeCloseTo(0.2);
  expect(missed.measure(all(220, 168, 3))).toBeCloseTo(0.3);
});

test('few frames say nothing, nor does a transport that counts anew', () => {
  const missed = new MissedFrames();
  missed.measure(all(100, 100));
  expect(missed.measure(all(102, 100))).toBe(0);
  expect(missed.measure(all(10, 5))).toBe(0);
});

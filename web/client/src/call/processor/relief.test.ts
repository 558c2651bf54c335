import { beforeEach, expect, test } from 'vitest';
import { ReliefWatch } from './relief';

let watch: ReliefWatch;
let at: number;

beforeEach(() => {
  [watch, at] = [new ReliefWatch(), 0];
});

/** The relief after so many seconds. */
function pass(seconds: number, isShort: boolean): number {
  for (let second = 0; second < seconds; second += 1) watch.look((at += 1000), isShort);
  return watch.relief;
}

test('a shortage is met step by step', () => {
  expect(pass(60, false)).toBe(0);
  expect(pass(8, true)).toBe(0);
  expect(pass(1, true)).toBe(1);
  expect(pass(8, true)).toBe(1);
  expect(pass(1, true)).toBe(2);
  expect(pass(60, true)).toBe(2);
});

test('a shortage that passes is none', () => {
  for (let turn = 0; turn < 10; turn += 1) {
    pass(8, true);
    expect(pass(2, false)).toBe(0);
  }
});

test('what was given up comes back step by step', () => {
  pass(20, true);
  expect(pass(25, false)).toBe(2);
  expect(pass(10, false)).toBe(1);
  expect(pass(35, false)).toBe(0);
});

test('what comes back too soon comes back ever more seldom', () => {
  const easyUntilBack = [1, 2, 3, 4, 5, 6].map(() => {
    const relief = pass(20, true);
    for (let seconds = 1; ; seconds += 1) if (pass(1, false) < relief) return seconds;
  });
  for (const [turn, seconds] of easyUntilBack.slice(1).entries()) {
    expect(seconds).toBeGreaterThan(Math.min(250, easyUntilBack[turn]! * 1.5));
  }
  expect(easyUntilBack.at(-1)).toBeLessThan(310);
});

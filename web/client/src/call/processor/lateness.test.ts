import { beforeEach, expect, test } from 'vitest';
import { Lateness } from './lateness';

let lateness: Lateness;
let at: number;

beforeEach(() => {
  [lateness, at] = [new Lateness(), 0];
});

/** Timers of 250 ms, each so much too late. */
function pass(milliseconds: number, ...lates: number[]): boolean {
  for (const end = at + milliseconds; at < end;) {
    for (const late of lates) lateness.note((at += 250 + late), late);
  }
  return lateness.isShort;
}

test('timers on time are no shortage, nor is one heavy piece of work', () => {
  expect(pass(60_000, 0, 2, 20, 5)).toBe(false);
  pass(0, 2000);
  expect(pass(1000, 5)).toBe(false);
});

test('timers that keep coming late are one, until they have come on time for a while', () => {
  pass(10_000, 0);
  expect(pass(2000, 120, 10, 80)).toBe(true);
  expect(pass(1000, 0)).toBe(true);
  expect(pass(5000, 0)).toBe(false);
});

test('between much and little it stays what it was', () => {
  expect(pass(30_000, 20)).toBe(false);
  pass(10_000, 100);
  expect(pass(30_000, 20)).toBe(true);
});

test('a page that comes into sight begins anew', () => {
  pass(10_000, 100);
  lateness.forget();
  expect(lateness.isShort).toBe(false);
  expect(pass(1000, 100)).toBe(false);
});

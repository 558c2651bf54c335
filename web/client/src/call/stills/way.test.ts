import { beforeEach, expect, test } from 'vitest';
import { WayWatch, type Seen, type Way } from './way';

const FINE: Omit<Seen, 'at'> = { bad: false, hopeless: false, good: true };
const BAD = { bad: true, hopeless: false, good: false };
const HOPELESS = { bad: true, hopeless: true, good: false };
let watch: WayWatch;
let at: number;

beforeEach(() => {
  watch = new WayWatch({ badMs: 4000, hopelessMs: 1000, goodMs: 3000 });
  at = 0;
});

function second(seen: Omit<Seen, 'at'>): Way {
  at += 1000;
  return watch.look({ at, ...seen });
}

/** After how many seconds of this it goes that way; `Infinity`: not within two minutes. */
function secondsUntil(way: Way, seen: Omit<Seen, 'at'>): number {
  for (let seconds = 1; seconds <= 120; seconds += 1) if (second(seen) === way) return seconds;
  return Infinity;
}

test('a way is given up when it was bad for a while, sooner when the sound suffers', () => {
  expect(secondsUntil('stills', FINE)).toBe(Infinity);
  expect(secondsUntil('stills', BAD)).toBe(5);
  watch = new WayWatch({ badMs: 4000, hopelessMs: 1000, goodMs: 3000 });
  expect(secondsUntil('stills', HOPELESS)).toBe(2);
});

test('a breath of weakness changes nothing', () => {
  for (let turn = 0; turn < 20; turn += 1) {
    second(BAD);
    second(BAD);
    expect(second(FINE)).toBe('video');
  }
});

test('video is tried ever more seldom, as long as that finds nothing', () => {
  secondsUntil('stills', BAD);
  const rests = [1, 2, 3, 4].map(() => {
    const rest = secondsUntil('trying', BAD);
    expect(secondsUntil('stills', BAD)).toBe(10);
    return rest;
  });
  expect(rests).toEqual([20, 40, 80, 120]);
});

test('a trial that hurts the sound ends soon', () => {
  secondsUntil('stills', BAD);
  secondsUntil('trying', BAD);
  expect(secondsUntil('stills', HOPELESS)).toBe(4);
});

test('a picture that goes through at once, or two that go through quickly, bring video back soon', () => {
  secondsUntil('stills', BAD);
  watch.passed(300_000);
  for (let turn = 0; turn < 5; turn += 1) expect(second(BAD)).toBe('stills');
  watch.passed(300_000);
  expect(second(BAD)).toBe('trying');
  expect(secondsUntil('video', FINE)).toBe(4);

  secondsUntil('stills', BAD);
  watch.passed(2_000_000);
  expect(secondsUntil('trying', BAD)).toBe(3);
});

test('a slow one says that there is no hurry', () => {
  secondsUntil('stills', BAD);
  watch.passed(300_000);
  watch.passed(40_000);
  watch.passed(300_000);
  expect(secondsUntil('trying', BAD)).toBe(60);
});

test('what was good for a moment only has to rest for longer', () => {
  secondsUntil('stills', BAD);
  secondsUntil('trying', BAD);
  secondsUntil('video', FINE);
  secondsUntil('stills', BAD);
  expect(secondsUntil('trying', BAD)).toBe(40);
});

test('another network is tried at once', () => {
  secondsUntil('stills', BAD);
  for (let turn = 0; turn < 4; turn += 1) second(BAD);
  watch.forget();
  expect(second(BAD)).toBe('trying');
});

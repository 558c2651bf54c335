import { beforeEach, expect, test } from 'vitest';
import { DownlinkWatch, type Downlink } from './downlink';
import type { Way } from './way';

let watch: DownlinkWatch;
let at: number;
let sums: { received: number; lost: number };

beforeEach(() => {
  watch = new DownlinkWatch();
  at = 0;
  sums = { received: 0, lost: 0 };
  second(1, 0);
});

/** A second in which so many of a hundred packets get lost, and so many cameras flow of two. */
function second(flowing: number, lost: number, change: Partial<Downlink> = {}): Way {
  at += 1000;
  sums = { received: sums.received + 100 - lost, lost: sums.lost + lost };
  const seen = { at, ...sums, roundTrip: 60, flowing, lacking: 1 - flowing, ...change };
  return watch.measure(seen);
}

function secondsUntil(way: Way, ...so: Parameters<typeof second>): number {
  for (let seconds = 1; seconds <= 120; seconds += 1) if (second(...so) === way) return seconds;
  return Infinity;
}

test('video that arrives is not given up, however much is lost', () => {
  expect(secondsUntil('stills', 1, 20, { roundTrip: 2000 })).toBe(Infinity);
});

test('where none arrives for long and much is lost, or late, none is asked for', () => {
  expect(secondsUntil('stills', 0, 30)).toBe(7);
  watch = new DownlinkWatch();
  expect(secondsUntil('stills', 0, 0, { roundTrip: 1500 })).toBe(7);
});

test('a camera that sends nothing says nothing of one’s own network', () => {
  expect(secondsUntil('stills', 0, 0)).toBe(Infinity);
});

test('as long as any of several arrives, the server chooses', () => {
  expect(secondsUntil('stills', 1, 30, { lacking: 3 })).toBe(Infinity);
});

test('it is tried again once pictures come quickly, and stays when video does', () => {
  secondsUntil('stills', 0, 30);
  watch.passed(2_000_000);
  expect(secondsUntil('trying', 0, 0)).toBe(3);
  second(0, 0);
  expect(second(1, 0)).toBe('video');
});

test('a trial that only loses more ends soon', () => {
  secondsUntil('stills', 0, 30);
  expect(secondsUntil('trying', 0, 0)).toBe(20);
  expect(secondsUntil('stills', 0, 40)).toBe(4);
});

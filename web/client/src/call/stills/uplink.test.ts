import { beforeEach, expect, test } from 'vitest';
import { UplinkWatch, type Uplink } from './uplink';
import type { Way } from './way';

const GOOD = 1_200_000;
const BAD = 50_000;
let watch: UplinkWatch;
let at: number;
let framesSent: number;
let bytesSent: number;

beforeEach(() => {
  watch = new UplinkWatch();
  [at, framesSent, bytesSent] = [0, 0, 0];
  second(25, GOOD);
});

function second(fps: number, estimate: number | null, change: Partial<Uplink> = {}): Way {
  at += 1000;
  framesSent += fps;
  return watch.measure({
    at,
    framesSent,
    bytesSent,
    estimate,
    roundTrip: 60,
    loss: 0,
    busy: false,
    asked: true,
    lacking: false,
    ...change,
  });
}

/** After how many seconds of this it goes that way; `Infinity`: not within two minutes. */
function secondsUntil(
  way: Way,
  fps: number,
  estimate: number | null,
  change: Partial<Uplink> = {},
): number {
  for (let seconds = 1; seconds <= 120; seconds += 1) {
    if (second(fps, estimate, change) === way) return seconds;
  }
  return Infinity;
}

test('a way that carries video stays', () => {
  expect(secondsUntil('stills', 25, GOOD)).toBe(Infinity);
  expect(secondsUntil('stills', 12, 150_000)).toBe(Infinity);
  expect(secondsUntil('stills', 12, 150_000, { roundTrip: 2000 })).toBe(Infinity);
});

test('a way that is too narrow, or lets nothing out, is given up', () => {
  expect(secondsUntil('stills', 5, BAD)).toBe(5);
  watch = new UplinkWatch();
  second(25, null);
  expect(secondsUntil('stills', 0, null)).toBe(5);
});

test('it is given up sooner when nobody can talk over it, or somebody sees nothing', () => {
  expect(secondsUntil('stills', 5, BAD, { roundTrip: 1500 })).toBe(3);
  watch = new UplinkWatch();
  second(25, GOOD);
  expect(secondsUntil('stills', 5, BAD, { lacking: true })).toBe(3);
});

test('where it takes hardly more than the sound that is to be spared at once, until there is plenty', () => {
  second(12, 150_000);
  expect(watch.isTight).toBe(false);
  second(12, BAD);
  expect(watch.isTight).toBe(true);
  second(12, 150_000);
  expect(watch.isTight).toBe(true);
  second(25, GOOD);
  expect(watch.isTight).toBe(false);
  second(12, BAD, { busy: true });
  expect(watch.isTight).toBe(false);
});

test('nor once it was calm for long, with an estimate that only grows with video', () => {
  const calmly = (asked: boolean) => second(0, BAD, { asked });
  calmly(false);
  expect(watch.isTight).toBe(false);
  second(0, BAD, { asked: false, roundTrip: 900 });
  for (let seconds = 1; seconds < 20; seconds += 1) calmly(false);
  expect(watch.isTight).toBe(true);
  calmly(false);
  expect(watch.isTight).toBe(false);
  calmly(true);
  expect(watch.isTight).toBe(true);
});

test('nothing is concluded while the camera is off, or nobody needs it', () => {
  expect(secondsUntil('stills', 0, BAD, { asked: false })).toBe(Infinity);
});

test('video comes back when it goes out with something to spare, and not before', () => {
  secondsUntil('stills', 5, BAD);
  watch.passed(2_000_000);
  secondsUntil('trying', 0, BAD);
  expect(secondsUntil('stills', 20, BAD)).toBe(10);
  watch.passed(2_000_000);
  secondsUntil('trying', 0, BAD);
  expect(secondsUntil('video', 25, 600_000)).toBe(4);
});

test('a browser that does not estimate its way is judged by what goes out', () => {
  watch = new UplinkWatch();
  second(25, null);
  secondsUntil('stills', 0, null);
  secondsUntil('trying', 0, null);
  expect(secondsUntil('video', 20, null)).toBe(4);
});

test('and by what gets through while that queues', () => {
  const sending = (bitsPerSecond: number, change: Partial<Uplink>) => {
    bytesSent += bitsPerSecond / 8;
    return second(12, null, change);
  };
  const secondsOf = (bitsPerSecond: number, change: Partial<Uplink>) => {
    watch = new UplinkWatch();
    sending(bitsPerSecond, { roundTrip: 60 });
    for (let seconds = 1; seconds <= 30; seconds += 1) {
      if (sending(bitsPerSecond, change) === 'stills') return seconds;
    }
    return Infinity;
  };
  expect(secondsOf(80_000, { roundTrip: 900 })).toBe(3);
  expect(secondsOf(80_000, { roundTrip: 500 })).toBe(5);
  expect(watch.isTight).toBe(true);
  expect(secondsOf(110_000, { roundTrip: 500 })).toBe(Infinity);
  expect(secondsOf(110_000, { roundTrip: 500, loss: 0.2 })).toBe(5);
  expect(secondsOf(80_000, { roundTrip: 200, loss: 0.2 })).toBe(Infinity);
  expect(secondsOf(80_000, { roundTrip: 900, bytesSent: null })).toBe(Infinity);
});

test('a device that is short of processor does not take its network for narrow', () => {
  expect(secondsUntil('stills', 25, BAD, { busy: true })).toBe(Infinity);
  expect(secondsUntil('stills', 0, GOOD, { busy: true })).toBe(Infinity);
});

test.each([{ loss: 0.1 }, { roundTrip: 500 }])('unless its way shows it: %o', (strained) => {
  expect(secondsUntil('stills', 25, BAD, { busy: true, ...strained })).toBe(5);
});

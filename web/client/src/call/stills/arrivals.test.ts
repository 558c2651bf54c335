import { beforeEach, expect, test } from 'vitest';
import { Arrivals, type Sight } from './arrivals';

const SECOND = 1000;
let arrivals: Arrivals;
let frames: number;
let at: number;

beforeEach(() => {
  arrivals = new Arrivals();
  [frames, at] = [0, 0];
  see(0);
});

/** Lets a second pass in which so many frames are decoded. */
function see(fps: number, change: Partial<Sight> = {}): boolean {
  frames += fps;
  const counted = { decoded: frames, arrived: frames };
  const sight = { participant: 2, frames: counted, expected: false, stills: false, ...change };
  const lacking = arrivals.look([sight], at);
  at += SECOND;
  return lacking.includes(2);
}

/** For how many seconds it stays as it was. */
function secondsUntil(lacks: boolean, fps: number, change: Partial<Sight> = {}): number {
  for (let seconds = 1; seconds <= 60; seconds += 1) {
    if (see(fps, change) === lacks) return seconds;
  }
  return Infinity;
}

test('a picture that arrives lacks nothing, however slowly it does', () => {
  expect(secondsUntil(true, 25)).toBe(Infinity);
  expect(secondsUntil(true, 4)).toBe(Infinity);
});

test('a picture that stopped lacks after a few seconds', () => {
  see(25);
  expect(secondsUntil(true, 0)).toBe(3);
});

test('one that is expected to lacks sooner, one whose owner sends stills at once', () => {
  see(25);
  expect(secondsUntil(true, 0, { expected: true })).toBe(2);
  secondsUntil(false, 25);
  expect(secondsUntil(true, 0, { stills: true })).toBe(1);
});

test('a camera that never came lacks too, but is given more time', () => {
  expect(secondsUntil(true, 0)).toBe(6);
  arrivals = new Arrivals();
  expect(secondsUntil(true, 0, { expected: true })).toBe(4);
});

test('a single frame brings no video back, steady ones do', () => {
  secondsUntil(true, 0);
  expect(see(1)).toBe(true);
  expect(secondsUntil(false, 1)).toBe(Infinity);
  expect(secondsUntil(false, 15)).toBe(3);
});

test('what comes and goes has to come for longer each time', () => {
  secondsUntil(true, 0);
  const waits = [1, 2, 3, 4].map(() => {
    const wait = secondsUntil(false, 15);
    secondsUntil(true, 0);
    return wait;
  });
  expect(waits).toEqual([3, 5, 9, 9]);
});

test('another decoder counts from nothing', () => {
  see(25);
  frames = 0;
  expect(see(20)).toBe(false);
});

test('whoever is out of sight is forgotten', () => {
  secondsUntil(true, 0);
  expect(arrivals.look([], at)).toEqual([]);
  expect(see(0)).toBe(false);
});

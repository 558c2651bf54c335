import { beforeEach, expect, test } from 'vitest';
import { sayFarewell } from './farewell';
import type { Join } from './protocol';
import { FakeSocket, FakeTimers, welcome } from './testing';

let timers: FakeTimers;
let sockets: FakeSocket[];
let isBack: boolean;
const newest = () => sockets.at(-1)!;
const join: Join = { version: 1, link: 'abc', resume: 'token', audio: false, video: false };

beforeEach(() => {
  timers = new FakeTimers();
  sockets = [];
  isBack = false;
  sayFarewell({
    openSocket: () => {
      sockets.push(new FakeSocket());
      return newest();
    },
    join,
    until: 60_000,
    isBack: () => isBack,
    timers,
  });
});

test('a place is taken once more, and given up', async () => {
  newest().open();
  newest().say(welcome());
  expect(newest().sent).toEqual([{ type: 'join', ...join }, { type: 'leave' }]);
  expect(newest().closed).toBe(true);
  await timers.advance(60_000);
  expect(sockets).toHaveLength(1);
});

test('it is tried until the server is reached, and no longer than the place is kept', async () => {
  await timers.advance(7_000);
  expect(sockets).toHaveLength(3);
  await timers.advance(120_000);
  expect(sockets).toHaveLength(20);
  expect(sockets.every(({ closed }) => closed)).toBe(true);
});

test('a place that is no more need not be given up', async () => {
  newest().open();
  newest().say({ type: 'error', code: 'ended', message: 'this call is over' });
  await timers.advance(60_000);
  expect(newest().sent).toEqual([{ type: 'join', ...join }]);
  expect(sockets).toHaveLength(1);
});

test('who has come back is not taken out again', async () => {
  isBack = true;
  newest().open();
  await timers.advance(60_000);
  expect(newest().sent).toEqual([]);
  expect(sockets).toHaveLength(1);
  expect(newest().closed).toBe(true);
});

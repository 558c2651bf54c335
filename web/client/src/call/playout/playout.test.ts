import { expect, test } from 'vitest';
import { Playout } from './playout';

const picture = (track: string, nackCount: number, framesDecoded: number) => ({
  type: 'inbound-rtp',
  kind: 'video',
  trackIdentifier: track,
  nackCount,
  framesDecoded,
});

test('only what has to be repaired is kept back, and said once', () => {
  const told: [string, number][] = [];
  let now = 0;
  const playout = new Playout((track, ms) => told.push([track, ms]), { now: () => now });
  for (; now <= 5000; now += 1000) {
    const second = now / 1000;
    playout.look([picture('lossy', 3 * second, 15 * second), picture('fine', 0, 15 * second)]);
  }
  expect(told).toEqual([['lossy', 200]]);
});

test('a new transport begins without delay, under names of its own', () => {
  const told: [string, number][] = [];
  let now = 0;
  const playout = new Playout((track, ms) => told.push([track, ms]), { now: () => now });
  const look = (track: string, asked: number) => {
    playout.look([picture(track, asked, 60 * (now / 4000))]);
    now += 4000;
  };
  look('a', 0);
  look('a', 9);
  look('b', 0);
  look('b', 0);
  look('a', 9);
  look('a', 18);
  expect(told).toEqual([
    ['a', 200],
    ['a', 200],
  ]);
});

import { beforeEach, expect, test } from 'vitest';
import type { Tile } from './protocol';
import { FakeTimers } from './testing';
import { Tiles, type Picture } from './tiles';

let timers: FakeTimers;
let told: Tile[][];
let pictures: Picture[];
let tiles: Tiles;
const video = (participant: number, height: number, pinned = false) =>
  ({ participant, kind: 'video', height, pinned }) as const;

beforeEach(() => {
  timers = new FakeTimers();
  told = [];
  pictures = [
    { participant: 2, kind: 'video' },
    { participant: 3, kind: 'video' },
  ];
  tiles = new Tiles(
    () => pictures,
    (view) => told.push(view) > 0,
    timers,
  );
});

test('whoever has no tile is hidden', async () => {
  tiles.set({}, video(2, 700, true));
  await timers.advance(1_000);
  expect(told).toEqual([
    [
      { participant: 2, kind: 'video', height: 700, pinned: true },
      { participant: 3, kind: 'video', height: 0 },
    ],
  ]);
});

test('many changes at once are told once, and the same is not told again', async () => {
  const key = {};
  for (let height = 100; height <= 400; height += 10) tiles.set(key, video(2, height));
  await timers.advance(1_000);
  tiles.set(key, video(2, 395));
  await timers.advance(1_000);
  expect(told).toHaveLength(1);
});

test('of two tiles of one picture the larger counts, until it is gone', async () => {
  const large = {};
  tiles.set({}, video(2, 100));
  tiles.set(large, video(2, 600));
  await timers.advance(1_000);
  tiles.remove(large);
  await timers.advance(1_000);
  expect(told.map((view) => view[0]!.height)).toEqual([600, 100]);
});

test('after a new connection all is told anew', async () => {
  tiles.set({}, video(2, 100));
  await timers.advance(1_000);
  tiles.again();
  await timers.advance(1_000);
  expect(told).toHaveLength(2);
});

test('a device that is short of processor asks for coarser pictures, but of what matters', async () => {
  pictures.push({ participant: 4, kind: 'video', subject: true });
  tiles.set({}, video(2, 700));
  tiles.set({}, video(3, 500));
  tiles.set({}, video(4, 600));
  for (const relief of [0, 1, 2, 0] as const) {
    tiles.relieve(relief);
    await timers.advance(1_000);
  }
  expect(told.map((view) => view.map(({ height }) => height))).toEqual([
    [700, 500, 600],
    [700, 360, 600],
    [360, 180, 600],
    [700, 500, 600],
  ]);
});

test('among equals none is the largest, and what was pinned is left alone', async () => {
  tiles.set({}, video(2, 500));
  tiles.set({}, video(3, 500, true));
  tiles.relieve(2);
  await timers.advance(1_000);
  expect(told.at(-1)!.map(({ height }) => height)).toEqual([180, 500]);
});

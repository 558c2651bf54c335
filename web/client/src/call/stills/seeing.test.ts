import { beforeEach, expect, test } from 'vitest';
import { FakeTimers } from '../testing';
import { StillsClient } from './client';
import { Seeing } from './seeing';
import { FakeStillServer, pictureOf } from './testing';

let timers: FakeTimers;
let server: FakeStillServer;
let seeing: Seeing;
let held: Set<string>;

beforeEach(() => {
  timers = new FakeTimers();
  server = new FakeStillServer(timers);
  server.picture = pictureOf(10_000);
  const client = new StillsClient({ fetch: server.fetch, timers });
  client.seat = { call: 'call', token: 'secret' };
  held = new Set();
  let made = 0;
  seeing = new Seeing({
    client,
    onPassed: () => undefined,
    timers,
    wallClock: () => 1_000_000 + timers.now(),
    urls: {
      createObjectURL: () => {
        const url = `blob:${(made += 1)}`;
        held.add(url);
        return url;
      },
      revokeObjectURL: (url) => void held.delete(url),
    },
  });
});

const shown = (id: number) => seeing.shown.get().get(id);

test('a new picture is fetched and shown, with its age', async () => {
  seeing.lack([2]);
  expect(shown(2)?.url).toBeNull();
  seeing.announced(2, 700);
  await timers.advance(150);
  expect(server.requests[0]).toMatchObject({ path: '/api/v1/calls/call/stills/2', method: 'GET' });
  expect(shown(2)).toEqual({ url: 'blob:1', takenAt: 999_300 });
});

test('only one is held of each, and none of those whose video is back', async () => {
  seeing.lack([2, 3]);
  for (let turn = 0; turn < 5; turn += 1) {
    seeing.announced(2, 0);
    seeing.announced(3, 0);
    await timers.advance(2000);
  }
  expect(held.size).toBe(2);
  seeing.lack([3]);
  expect(held.size).toBe(1);
  expect(shown(2)).toBeUndefined();
  seeing.lack([]);
  expect(held.size).toBe(0);
});

test('one at a time, whoever was shown the longest ago first, and then a pause as long', async () => {
  server.takesMs = 1000;
  seeing.lack([2, 3]);
  seeing.announced(2, 0);
  for (let turn = 0; turn < 10; turn += 1) {
    seeing.announced(2, 0);
    seeing.announced(3, 0);
    await timers.advance(1000);
  }
  expect(server.most).toBe(1);
  const order = server.requests.map(({ path }) => path.at(-1));
  expect(order.slice(0, 5)).toEqual(['2', '3', '2', '3', '2']);
});

test('what the network brings is learnt from what came', async () => {
  server.takesMs = 1250;
  seeing.lack([2]);
  seeing.announced(2, 0);
  await timers.advance(2600);
  expect(seeing.mostBytes).toBe(8000);
});

test('a picture that never comes is given up, and smaller ones are asked for', async () => {
  server.takesMs = Infinity;
  seeing.lack([2]);
  seeing.announced(2, 0);
  await timers.advance(12_100);
  expect([server.aborted, seeing.mostBytes]).toEqual([1, 4000]);
});

test('nothing is fetched of somebody whose video is there', async () => {
  seeing.announced(2, 0);
  await timers.advance(1000);
  expect(server.requests).toEqual([]);
});

test('a picture that comes when the video is back is not shown', async () => {
  server.takesMs = 1000;
  seeing.lack([2, 3]);
  seeing.announced(2, 0);
  await timers.advance(100);
  seeing.lack([3]);
  await timers.advance(2000);
  expect([shown(2), held.size]).toEqual([undefined, 0]);
});

test('that there is none any more is no trouble', async () => {
  server.picture = null;
  seeing.lack([2]);
  seeing.announced(2, 0);
  await timers.advance(1000);
  expect(shown(2)?.url).toBeNull();
});

test('one that was announced before it was known to lack is fetched then', async () => {
  seeing.announced(2, 500);
  await timers.advance(800);
  seeing.lack([2]);
  await timers.advance(150);
  expect(shown(2)?.url).toBe('blob:1');
});

import { beforeEach, expect, test } from 'vitest';
import { FakeTimers } from '../testing';
import { FakeTrack } from '../testing-media';
import { StillsClient } from './client';
import { Giving, PAUSE_MS } from './giving';
import { FakeStillServer, pictureOf } from './testing';

let timers: FakeTimers;
let server: FakeStillServer;
let giving: Giving;
let camera: FakeTrack | null;
let allowed: number[];
let speeds: number[];
let duringTake: () => void;

beforeEach(() => {
  timers = new FakeTimers();
  server = new FakeStillServer(timers);
  camera = new FakeTrack('video');
  [allowed, speeds, duringTake] = [[], [], () => undefined];
  const client = new StillsClient({ fetch: server.fetch, timers });
  client.seat = { call: 'call', token: 'secret' };
  giving = new Giving({
    client,
    you: () => 2,
    camera: () => camera as unknown as MediaStreamTrack | null,
    take: async (_, most) => {
      allowed.push(most);
      duringTake();
      return pictureOf(Math.min(most, 10_000));
    },
    onPassed: (bitsPerSecond) => speeds.push(bitsPerSecond),
    timers,
  });
});

test('while somebody lacks the picture one follows the other, a pause after each', async () => {
  server.takesMs = 1000;
  giving.want(true, null);
  await timers.advance(1);
  expect(server.requests).toEqual([
    {
      method: 'PUT',
      path: '/api/v1/calls/call/stills/2',
      authorization: 'Seat secret',
      size: 5000,
    },
  ]);
  await timers.advance(999 + PAUSE_MS - 10);
  expect(server.requests).toHaveLength(1);
  await timers.advance(20);
  expect(server.requests).toHaveLength(2);
  giving.want(false, null);
  await timers.advance(60_000);
  expect(server.requests).toHaveLength(2);
});

test('there are never two at once, whoever asks how often', async () => {
  server.takesMs = 9000;
  for (let turn = 0; turn < 20; turn += 1) {
    giving.want(true, 20_000);
    giving.cameraChanged();
    await timers.advance(1500);
  }
  expect(server.most).toBe(1);
});

test('what goes through slowly is followed by what is smaller', async () => {
  server.takesMs = 4000;
  giving.want(true, null);
  await timers.advance(4000 + PAUSE_MS + 10);
  expect(speeds).toEqual([10_000]);
  expect(allowed).toEqual([5000, 4000]);
});

test('no larger than the viewers’ networks bring', async () => {
  giving.want(true, 4500);
  await timers.advance(10);
  expect(allowed).toEqual([4500]);
});

test('what does not go through at all is given up, and the next is as small as can be', async () => {
  server.takesMs = Infinity;
  giving.want(true, null);
  await timers.advance(12_000 + PAUSE_MS + 10);
  expect(server.aborted).toBe(1);
  expect(allowed).toEqual([5000, 4000]);
});

test('a camera that is turned off gives nothing, not even what is on its way', async () => {
  server.takesMs = 5000;
  giving.want(true, null);
  await timers.advance(100);
  camera = null;
  giving.cameraChanged();
  await timers.advance(60_000);
  expect([server.aborted, server.requests.length, speeds.length]).toEqual([1, 1, 0]);
  camera = new FakeTrack('video');
  giving.cameraChanged();
  await timers.advance(100);
  expect(server.requests).toHaveLength(2);
});

test('a picture that was taken when the camera was turned off is not sent', async () => {
  duringTake = () => {
    camera = null;
    giving.cameraChanged();
  };
  giving.want(true, null);
  await timers.advance(10_000);
  expect([allowed.length, server.requests.length]).toEqual([1, 0]);
});

test('nor is one of a camera that the system has muted', async () => {
  camera!.muted = true;
  giving.want(true, null);
  await timers.advance(10_000);
  expect(allowed).toEqual([]);
});

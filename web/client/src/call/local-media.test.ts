import { beforeEach, expect, test, vi } from 'vitest';
import { LocalMedia } from './devices';
import { FakeTimers, settle } from './testing';
import { FakeDevices, FakeStream, type FakeTrack } from './testing-media';

let devices: FakeDevices;
let timers: FakeTimers;
let media: LocalMedia;
let sent: { audio: FakeTrack | null; video: FakeTrack | null };
const state = () => media.state.get();

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
  devices = new FakeDevices();
  timers = new FakeTimers();
  sent = { audio: null, video: null };
  media = new LocalMedia({ devices: devices as never, timers });
  media.onTrack = (kind, track) => (sent[kind as keyof typeof sent] = track as never);
});

test('both devices are asked for in one question', async () => {
  await media.open();
  expect(devices.asked).toHaveLength(1);
  expect(sent).toEqual({ audio: devices.newest('audio'), video: devices.newest('video') });
  expect(state().cameras.map(({ deviceId }) => deviceId)).toEqual(['front', 'back']);
});

test('without a camera the microphone still comes, and the failure has its name', async () => {
  devices.failures.video = 'NotAllowedError';
  await media.open();
  expect(sent.audio?.readyState).toBe('live');
  expect(sent.video).toBeNull();
  expect(state().camera).toMatchObject({ track: null, failure: 'denied', opening: false });
});

test('a page that may use no devices says so', async () => {
  media = new LocalMedia({ devices: undefined, timers });
  await media.open();
  expect(state().camera.failure).toBe('insecure');
  expect(state().microphone.failure).toBe('insecure');
});

test('a camera that is turned off is released, and asked for anew', async () => {
  await media.open();
  const first = devices.newest('video');
  await media.setCamera(false);
  expect(first.readyState).toBe('ended');
  expect(sent.video).toBeNull();
  await media.setCamera(true);
  expect(sent.video).toBe(devices.newest('video'));
  expect(sent.video).not.toBe(first);
});

test('a muted microphone stays open', async () => {
  await media.open();
  await media.setMicrophone(false);
  expect(sent.audio).toMatchObject({ readyState: 'live', enabled: false });
  await media.setMicrophone(true);
  expect(sent.audio?.enabled).toBe(true);
  expect(devices.asked).toHaveLength(1);
});

test('a microphone that is reopened while muted stays muted', async () => {
  await media.open();
  await media.setMicrophone(false);
  await media.choose('microphone', 'microphone');
  expect(sent.audio).toMatchObject({ readyState: 'live', enabled: false });
  expect(state().microphone.opening).toBe(false);
});

test('a camera that is turned off while it opens is not left on', async () => {
  await media.open();
  await media.setCamera(false);
  const opening = media.setCamera(true);
  const off = media.setCamera(false);
  await Promise.all([opening, off]);
  expect(sent.video).toBeNull();
  expect(
    devices.given.every((track) => track.kind === 'audio' || track.readyState === 'ended'),
  ).toBe(true);
});

/** The question stands on the screen; the result answers it. */
function opening(): () => Promise<void> {
  let answer = () => {};
  devices.answered = new Promise((resolve) => (answer = resolve));
  const opened = media.open();
  return () => (answer(), opened);
}

const live = () => devices.given.filter(({ readyState }) => readyState === 'live');

test.each(['one question', 'one question each'])(
  'what is allowed after all was given back, by %s, is not left on',
  async (how) => {
    if (how !== 'one question') devices.failures.video = 'NotReadableError';
    const allow = opening();
    media.close();
    await allow();
    expect(live()).toEqual([]);
    expect(sent).toEqual({ audio: null, video: null });
    expect(state().camera).toMatchObject({ wanted: false, opening: false });
    expect(state().microphone).toMatchObject({ wanted: false, opening: false });
  },
);

test('a camera that is turned off before it is allowed stays off', async () => {
  const allow = opening();
  await media.setCamera(false);
  await allow();
  expect(live()).toEqual([sent.audio]);
  expect(sent.video).toBeNull();
  expect(state().camera.opening).toBe(false);
});

test('a microphone that is muted before it is allowed is open, and muted', async () => {
  const allow = opening();
  await media.setMicrophone(false);
  await allow();
  expect(sent.audio).toMatchObject({ readyState: 'live', enabled: false });
  expect(state().microphone).toMatchObject({ wanted: false, opening: false });
});

test('a microphone that is muted and unmuted before it is allowed is asked for once', async () => {
  const allow = opening();
  await media.setMicrophone(false);
  await media.setMicrophone(true);
  await allow();
  expect(sent.audio).toMatchObject({ readyState: 'live', enabled: true });
  expect(devices.asked).toHaveLength(1);
});

test('after closing a page that comes to the front opens nothing', async () => {
  await media.open();
  media.close();
  await media.wake();
  expect(live()).toEqual([]);
});

test('the camera is tried again alone: a muted microphone stays as it is', async () => {
  devices.failures.video = 'NotReadableError';
  await media.open();
  await media.setMicrophone(false);
  const microphone = sent.audio;
  delete devices.failures.video;
  await media.retry('camera');
  expect(sent.video?.readyState).toBe('live');
  expect(sent.audio).toBe(microphone);
  expect(microphone?.enabled).toBe(false);
});

test('a microphone that is tried again while muted stays muted', async () => {
  devices.failures.audio = 'NotReadableError';
  await media.open();
  await media.setMicrophone(false);
  delete devices.failures.audio;
  await media.retry('microphone');
  expect(sent.audio).toMatchObject({ readyState: 'live', enabled: false });
});

test('what is opened twice is on once', async () => {
  await media.open();
  await media.open();
  expect(live()).toEqual([sent.audio, sent.video]);
  devices.failures.video = 'NotReadableError';
  await media.open();
  expect(live()).toEqual([sent.audio]);
});

test('a camera that is chosen while it is off stays off until it is turned on', async () => {
  await media.open();
  await media.setCamera(false);
  const asked = devices.asked.length;
  await media.choose('camera', 'back');
  expect(devices.asked).toHaveLength(asked);
  await media.setCamera(true);
  expect(sent.video?.getSettings().deviceId).toBe('back');
});

test('of two choices in a row the later one wins', async () => {
  await media.open();
  await Promise.all([media.choose('camera', 'front'), media.choose('camera', 'back')]);
  expect(sent.video?.getSettings().deviceId).toBe('back');
  expect(live().filter(({ kind }) => kind === 'video')).toEqual([sent.video]);
});

test('an unplugged camera is told of, and is back when it is plugged in', async () => {
  await media.open();
  devices.failures.video = 'NotFoundError';
  devices.newest('video').end();
  await settle();
  expect(state().camera).toMatchObject({ track: null, failure: 'unplugged' });
  expect(sent.video).toBeNull();
  delete devices.failures.video;
  devices.change();
  await settle();
  expect(sent.video?.readyState).toBe('live');
  expect(state().camera.failure).toBeNull();
});

test('a track that the system paused is waited for a moment, then asked for anew', async () => {
  await media.open();
  const paused = devices.newest('video');
  paused.mute(true);
  expect(state().camera.paused).toBe(true);
  await timers.advance(1000);
  expect(sent.video).toBe(paused);
  await timers.advance(1000);
  expect(sent.video).not.toBe(paused);
  expect(state().camera.paused).toBe(false);
});

test('a pause that ends by itself costs nothing', async () => {
  await media.open();
  const camera = devices.newest('video');
  camera.mute(true);
  camera.mute(false);
  await timers.advance(5000);
  expect(sent.video).toBe(camera);
  expect(state().camera.paused).toBe(false);
});

test('a page that comes to the front takes back what the system took', async () => {
  await media.open();
  devices.newest('video').stop();
  await media.wake();
  expect(sent.video?.readyState).toBe('live');
});

test('who denied the camera is not asked again by the page itself', async () => {
  devices.failures = { video: 'NotAllowedError' };
  await media.open();
  const asked = devices.asked.length;
  await media.wake();
  devices.change();
  await settle();
  expect(devices.asked).toHaveLength(asked);
});

test('after closing nothing is on', async () => {
  await media.open();
  media.close();
  expect(devices.given.every(({ readyState }) => readyState === 'ended')).toBe(true);
  expect(sent).toEqual({ audio: null, video: null });
});

import { beforeEach, expect, test, vi } from 'vitest';
import { Publishing } from './publishing';
import { FakeTrack } from './testing-media';
import { FakePeer } from './testing-peer';

let peer: FakePeer;
let publishing: Publishing;
const everything = { video: [true, true, true], screen: true, subject: false };
const sender = (line: number) => peer.transceivers[line]!.sender;
const layers = () => sender(1).getParameters().encodings;
const active = () => layers().map((layer) => layer.active);

beforeEach(() => {
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  peer = new FakePeer();
  publishing = new Publishing(false);
  publishing.addTo(peer as never);
});

test('it has three lines: sound, camera in three sizes, screen', () => {
  expect(peer.transceivers.map((line) => line.sender.getParameters().encodings.length)).toEqual([
    1, 3, 1,
  ]);
  expect(layers().map(({ rid }) => rid)).toEqual(['l', 'm', 'h']);
});

test('only what somebody needs is encoded', async () => {
  await publishing.publish({ ...everything, video: [false, true, false], screen: false });
  expect(active()).toEqual([false, true, false]);
  expect(sender(2).getParameters().encodings[0]!.active).toBe(false);
});

test('in the waiting room the camera costs little, in the call it is whole', async () => {
  await publishing.publish(everything);
  const rate = () => layers().at(-1)!.maxBitrate!;
  const whole = rate();
  await publishing.spare(true);
  expect(active()).toEqual([true, false, false]);
  expect(rate()).toBeLessThan(whole / 4);
  await publishing.spare(false);
  expect(active()).toEqual([true, true, true]);
  expect(rate()).toBe(whole);
});

test('a narrow network gets the lowest layer or none, and less of the sound', async () => {
  const sound = () => sender(0).getParameters().encodings[0]!.maxBitrate;
  await publishing.publish(everything);
  await publishing.restrain('lowest', 'sparing');
  expect(active()).toEqual([true, false, false]);
  expect(sound()).toBe(16_000);
  await publishing.restrain('none', 'least');
  expect(active()).toEqual([false, false, false]);
  expect(sound()).toBe(10_000);
  await publishing.restrain('all', 'all');
  expect(active()).toEqual([true, true, true]);
  expect(sound()).toBeUndefined();
});

test('where the network carries little of the best layer, another is sent beside it', async () => {
  await publishing.publish({ ...everything, video: [false, false, true] });
  await publishing.afford(500_000);
  expect(active()).toEqual([false, true, true]);
  await publishing.publish({ ...everything, video: [false, true, true] });
  await publishing.publish({ ...everything, video: [false, false, true] });
  expect(active()).toEqual([false, true, true]);
  await publishing.afford(2_000_000);
  expect(active()).toEqual([false, false, true]);
  await publishing.afford(100_000);
  expect(active()).toEqual([true, true, true]);
  await publishing.restrain('lowest', 'least');
  expect(active()).toEqual([true, false, false]);
  await publishing.restrain('all', 'least');
  await publishing.afford(null);
  expect(active()).toEqual([false, false, true]);
});

test('who needs no video gets none, however much the network carries', async () => {
  await publishing.publish({ ...everything, video: [false, false, false] });
  await publishing.restrain('lowest', 'all');
  expect(active()).toEqual([false, false, false]);
});

test('what is decided in one breath is set one after the other, and the last counts', async () => {
  const camera = new FakeTrack('video', { width: 1920, height: 1080 });
  await Promise.all([
    publishing.spare(true),
    publishing.send('video', camera as never),
    publishing.publish(everything),
    publishing.spare(false),
  ]);
  expect(sender(1).track).toBe(camera);
  expect(active()).toEqual([true, true, true]);
});

test('a new connection goes on with what was sent', async () => {
  const camera = new FakeTrack('video', { width: 1280, height: 720 });
  await publishing.send('video', camera as never);
  await publishing.restrain('none', 'least');
  const added = vi.spyOn((peer = new FakePeer()), 'addTransceiver');
  publishing.addTo(peer as never);
  expect(added.mock.calls.map(([what]) => what)).toEqual(['audio', camera, 'video']);
  await publishing.tune();
  expect(active()).toEqual([false, false, false]);
});

test('when it is over nothing is touched any more', async () => {
  publishing.close();
  const camera = new FakeTrack('video');
  await publishing.send('video', camera as never);
  await publishing.publish({ ...everything, video: [] });
  expect(sender(1).track).toBeNull();
  expect(active()).toEqual([true, true, true]);
});

test('a device that is short of processor sends fewer frames, and all again when it is not', async () => {
  const rate = () => layers().at(-1)!.maxFramerate!;
  await publishing.publish(everything);
  const whole = rate();
  await publishing.relieve(1);
  expect(rate()).toBeLessThan(whole);
  await publishing.relieve(0);
  expect(rate()).toBe(whole);
});

import { beforeEach, expect, test, vi } from 'vitest';
import { ReceiveSlots } from './receive-slots';
import { FakeStream } from './testing-media';
import { FakePeer } from './testing-peer';

let peer: FakePeer;
let slots: ReceiveSlots;
const add = (to: FakePeer) => slots.addTo(to as never);
const names = () => slots.all.get().map(({ mid, kind }) => `${mid} ${kind}`);

beforeEach(() => {
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal('MediaStream', FakeStream);
  peer = new FakePeer();
  peer.addTransceiver('audio');
  slots = new ReceiveSlots(1);
  add(peer);
});

test('they come after the lines that are there, each with its stream', () => {
  expect(names()).toEqual(['1 audio', '2 video']);
  expect(slots.all.get().every(({ stream }) => stream instanceof FakeStream)).toBe(true);
  expect(slots.areMissing).toBe(false);
});

test('further ones go to the end, and those that are there keep their streams', () => {
  const before = slots.all.get();
  slots.grow(3);
  expect(slots.areMissing).toBe(true);
  slots.addMissing(peer as never);
  expect(names()).toEqual(['1 audio', '2 video', '3 audio', '4 audio', '5 video', '6 video']);
  expect(slots.all.get().slice(0, 2)).toEqual(before);
  slots.grow(2);
  expect(slots.areMissing).toBe(false);
});

test('nobody makes a page ask for more than a call can have', () => {
  slots.grow(10_000);
  slots.addMissing(peer as never);
  expect(names()).toHaveLength(2 * 21);
});

test('a new connection has as many, and none of the former', () => {
  slots.grow(2);
  slots.addMissing(peer as never);
  add(new FakePeer());
  expect(names()).toEqual(['0 audio', '1 audio', '2 video', '3 video']);
});

import { beforeEach, expect, test, vi } from 'vitest';
import { FakeTimers, settle } from './testing';
import { FakeStream, FakeTrack } from './testing-media';
import { FakePeer } from './testing-peer';
import { Transport, type TransportState } from './transport';

let timers: FakeTimers;
let transport: Transport;
let offers: string[];
let joined: boolean;
let states: TransportState[];
const answer = (server: string) => `v=0\r\na=fingerprint:sha-256 ${server}\r\n`;

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal('MediaStream', FakeStream);
  FakePeer.all = [];
  timers = new FakeTimers();
  offers = [];
  states = [];
  joined = true;
  transport = new Transport({
    slots: 2,
    ready: () => joined,
    sendOffer: (sdp) => void offers.push(sdp),
    timers,
  });
  transport.state.subscribe((state) => void states.push(state));
});

/** As a join does: the offer goes with it, the answer comes back, the path comes up. */
async function connected(): Promise<FakePeer> {
  await transport.offer();
  await transport.accept(answer('AA'));
  FakePeer.now.becomes('connected');
  return FakePeer.now;
}

test('every slot is there from the first offer, in the order that the server counts in', () => {
  const slots = transport.slots.get();
  expect(slots.map(({ mid, kind }) => `${mid} ${kind}`)).toEqual([
    '3 audio',
    '4 audio',
    '5 video',
    '6 video',
  ]);
  expect(FakePeer.now.transceivers).toHaveLength(7);
});

test('what comes by a track is kept back as long as told, as far as the browser can', async () => {
  const peer = await connected();
  const [one, other] = peer.getReceivers().slice(-2);
  transport.delayPlayout(one!.track.id, 200);
  transport.delayPlayout('of a former transport', 300);
  expect([one!.jitterBufferTarget, other!.jitterBufferTarget]).toEqual([200, null]);
  transport.delayPlayout(one!.track.id, 0);
  expect(one!.jitterBufferTarget).toBeNull();
});

test('another camera is sent without a new offer', async () => {
  const peer = await connected();
  const camera = new FakeTrack('video', { width: 1920, height: 1080 });
  await transport.publishing.send('video', camera as never);
  const [, video] = peer.transceivers;
  expect(video!.sender.track).toBe(camera);
  expect(offers).toEqual([]);
});

test('a path that comes back by itself costs nothing', async () => {
  const peer = await connected();
  peer.becomes('disconnected');
  await timers.advance(1000);
  peer.becomes('connected');
  await timers.advance(10_000);
  expect(offers).toEqual([]);
  expect(FakePeer.all).toHaveLength(1);
  expect(states.slice(-2)).toEqual(['reconnecting', 'connected']);
});

test('a path that stays away is sought anew, with the media kept', async () => {
  const peer = await connected();
  peer.becomes('disconnected');
  await timers.advance(2000);
  expect(offers).toEqual(['offer 2 with a new path']);
  expect(FakePeer.all).toHaveLength(1);
});

test('when no new path is found a new transport is made, again and again', async () => {
  const peer = await connected();
  peer.becomes('disconnected');
  await timers.advance(6000);
  expect(peer.connectionState).toBe('closed');
  expect(FakePeer.all).toHaveLength(2);
  expect(offers.at(-1)).toBe('offer 1');
  await timers.advance(30_000);
  expect(offers.length).toBeGreaterThan(4);
});

test('a transport that failed is replaced at once', async () => {
  const peer = await connected();
  peer.becomes('failed');
  await settle();
  expect(FakePeer.now).not.toBe(peer);
  expect(offers).toEqual(['offer 1']);
});

test('a handshake that does not come to an end is begun anew', async () => {
  await transport.offer();
  await transport.accept(answer('AA'));
  FakePeer.now.becomes('connecting');
  const [first] = FakePeer.all;
  await timers.advance(9000);
  expect(FakePeer.now).toBe(first);
  await timers.advance(2000);
  expect(first!.connectionState).toBe('closed');
  expect(offers).toEqual(['offer 1']);
});

test('on another network that still hears the server, a path is sought beside the present one', async () => {
  const peer = await connected();
  const moved = transport.moved();
  await timers.advance(300);
  expect(await moved).toBe(false);
  expect(offers).toEqual(['offer 2 with a new path']);
  expect(FakePeer.now).toBe(peer);
});

test('on another network that hears nothing, the next offer is of a new transport', async () => {
  const peer = await connected();
  peer.hears = false;
  const moved = transport.moved();
  await timers.advance(300);
  expect(await moved).toBe(true);
  expect(peer.connectionState).toBe('closed');
  expect(offers).toEqual([]);
  expect(await transport.offer()).toBe('offer 1');
});

test('the answer to an offer of the transport that was given up has the new one offered', async () => {
  const peer = await connected();
  await transport.offer();
  peer.hears = false;
  const moved = transport.moved();
  await timers.advance(300);
  await moved;
  await transport.accept(answer('AA'));
  await settle();
  expect(offers).toEqual(['offer 1']);
  await transport.accept(answer('AA'));
  expect(FakePeer.now.remoteDescription).not.toBeNull();
});

test('an answer that comes too late does not have the new transport offered twice', async () => {
  const peer = await connected();
  peer.becomes('failed');
  await transport.accept(answer('AA'));
  await settle();
  expect(offers).toEqual(['offer 1']);
});

test('an offer that the server could not take is followed by another in a while', async () => {
  await transport.offer();
  transport.tryLater();
  expect(states.at(-1)).toBe('busy');
  await timers.advance(9_000);
  expect(offers).toEqual([]);
  await timers.advance(2_000);
  expect(offers).toEqual(['offer 1']);
  expect(FakePeer.all).toHaveLength(2);
});

test('what is refused beside a path that serves is no trouble of the call', async () => {
  await connected();
  transport.tryLater();
  expect(states.at(-1)).toBe('connected');
});

test('while the socket is away nothing is offered: joining again brings the offer', async () => {
  const peer = await connected();
  joined = false;
  peer.becomes('disconnected');
  await timers.advance(10_000);
  expect(offers).toEqual([]);
  expect(await transport.offer()).toBe('offer 2 with a new path');
});

test('an answer that was lost with the socket costs nobody the path that there is', async () => {
  const peer = await connected();
  await timers.advance(1000);
  peer.hears = false;
  await timers.advance(2500);
  expect(offers).toEqual(['offer 2 with a new path']);
  joined = false;
  expect(await transport.offer()).toBe('offer 3 with a new path');
  expect(FakePeer.now).toBe(peer);
  await transport.accept(answer('AA'));
  expect(peer.signalingState).toBe('stable');
});

test('a restarted server gets a new handshake', async () => {
  const peer = await connected();
  await transport.offer();
  await transport.accept(answer('BB'));
  await settle();
  expect(peer.connectionState).toBe('closed');
  expect(offers).toEqual(['offer 1']);
  await transport.accept(answer('BB'));
  expect(FakePeer.now.remoteDescription?.sdp).toBe(answer('BB'));
});

test('an answer that nobody waits for is passed over', async () => {
  const peer = await connected();
  await transport.accept(answer('CC'));
  expect(peer.remoteDescription?.sdp).toBe(answer('AA'));
  expect(FakePeer.all).toHaveLength(1);
});

test('who needs more slots gets them by another offer, once the present one is answered', async () => {
  const peer = await connected();
  joined = false;
  transport.grow(3);
  expect(offers).toEqual([]);
  joined = true;
  transport.grow(3);
  await settle();
  expect(offers).toEqual(['offer 2']);
  transport.grow(4);
  await settle();
  expect(offers).toEqual(['offer 2']);
  await transport.accept(answer('AA'));
  await settle();
  expect(offers).toEqual(['offer 2', 'offer 3']);
  expect(peer.transceivers).toHaveLength(3 + 2 * 4);
});

test('what is closed stays closed', async () => {
  const peer = await connected();
  transport.close();
  peer.becomes('failed');
  transport.restart();
  transport.startOver();
  await timers.advance(20_000);
  expect(offers).toEqual([]);
  expect(FakePeer.all).toHaveLength(1);
});

const udp = 'candidate:1 1 udp 2130706175 192.0.2.1 4000 typ host';
const tcp = 'candidate:2 1 tcp 1526725887 192.0.2.1 4000 typ host tcptype passive';

test('TCP is not looked at while UDP serves, and at once when that falls silent', async () => {
  await transport.offer();
  await transport.accept(`${answer('AA')}a=${udp}\r\na=${tcp}\r\n`);
  const peer = FakePeer.now;
  expect(peer.remoteDescription?.sdp).toBe(`${answer('AA')}a=${udp}\r\n`);
  peer.becomes('connected');
  await timers.advance(5000);
  expect(peer.candidates).toEqual([]);
  peer.becomes('disconnected');
  expect(peer.candidates).toEqual([tcp]);
});

test('another path, over TCP too, is sought when nothing comes, though the browser still hopes', async () => {
  const answered = `${answer('AA')}a=${udp}\r\na=${tcp}\r\n`;
  await transport.offer();
  await transport.accept(answered);
  const peer = FakePeer.now;
  peer.becomes('connected');
  await timers.advance(3000);
  peer.hears = false;
  await timers.advance(1000);
  expect(peer.candidates).toEqual([]);
  await timers.advance(1000);
  expect(peer.candidates).toEqual([tcp]);
  expect(offers).toEqual(['offer 2 with a new path']);
  await transport.accept(answered);
  expect(peer.candidates).toEqual([tcp, tcp]);
  expect(FakePeer.all).toHaveLength(1);
});

test('one silence is answered once; where nothing was ever heard there is none', async () => {
  const peer = await connected();
  peer.hears = false;
  await timers.advance(5000);
  expect(offers).toEqual([]);
  peer.hears = true;
  await timers.advance(2000);
  peer.hears = false;
  await timers.advance(10_000);
  expect(offers).toEqual(['offer 2 with a new path']);
});

test('where UDP does not come up, TCP is tried soon', async () => {
  await transport.offer();
  await transport.accept(`${answer('AA')}a=${udp}\r\na=${tcp}\r\n`);
  await timers.advance(1000);
  expect(FakePeer.now.candidates).toEqual([tcp]);
});

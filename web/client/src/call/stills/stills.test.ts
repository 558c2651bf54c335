import { beforeEach, expect, test, vi } from 'vitest';
import { EMPTY, reduce, type CallModel } from '../model';
import type { ClientMessage, ServerMessage } from '../protocol';
import type { CameraShare } from '../publishing';
import type { SoundShare } from '../sound-rate';
import { Statistics } from '../statistics/statistics';
import { writable } from '../store';
import { FakeTimers, person, welcome } from '../testing';
import { FakeTrack } from '../testing-media';
import type { TransportState } from '../transport';
import { StillsClient } from './client';
import { Stills } from './stills';
import { FakeStillServer, pictureOf } from './testing';

const you = { id: 1, role: 'stylist', name: 'Mei', place: 'call' } as const;
const customer = person({ id: 2, place: 'call' });

let timers: FakeTimers;
let server: FakeStillServer;
let model: ReturnType<typeof writable<CallModel>>;
let stills: Stills;
let said: ClientMessage[];
let shares: CameraShare[];
let sound: SoundShare;
let connected: boolean;
let inSight: boolean;
let busy: boolean;
let withholds: boolean;
let camera: FakeTrack | null;
/** Per second: decoded of the customer's picture, and sent of one's own. */
let flow: { decoded: number; arrived?: number; sent: number; estimate: number; lost: number };

beforeEach(() => {
  timers = new FakeTimers();
  server = new FakeStillServer(timers);
  server.picture = pictureOf(5000);
  model = writable<CallModel>({ ...EMPTY, connection: 'joined' });
  [said, shares, connected, inSight, busy] = [[], [], true, true, false];
  camera = new FakeTrack('video');
  flow = { decoded: 25, sent: 25, estimate: 2_000_000, lost: 0 };
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:1', revokeObjectURL: () => undefined });
  stills = new Stills({
    model,
    transport: {
      slots: writable([{ mid: '5', kind: 'video' as const, stream: streamOf('track') }]),
    },
    publishing: {
      restrain: async (share, soundShare) => {
        if (shares.at(-1) !== share) shares.push(share);
        sound = soundShare;
      },
      afford: async () => undefined,
    },
    tiles: {
      shows: () => inSight,
      withholdCameras: (on) => void (withholds = on),
    },
    processor: { isShort: () => busy },
    camera: () => camera as unknown as MediaStreamTrack | null,
    say: (message) => connected && said.push(message) > 0,
    client: new StillsClient({ fetch: server.fetch, timers }),
    take: async (_, most) => pictureOf(Math.min(most, 8000)),
    timers,
  });
  hear(
    welcome({
      you,
      participants: [person({ id: 1, place: 'call' }), customer],
      slots: [{ mid: '5', participant: 2, kind: 'video' }],
    }),
  );
  new Statistics({
    transport: {
      state: writable<TransportState>('connected'),
      stats: async () => statistics(),
    },
    isInCall: () => model.get().phase === 'call',
    each: (entries) => stills.look(entries),
    timers,
  }).start();
});

function hear(message: ServerMessage): void {
  model.update((before) => reduce(before, message, 0));
  if (message.type === 'joined') stills.joined(message);
  stills.receive(message);
}

const streamOf = (id: string) => ({ getVideoTracks: () => [{ id }] }) as unknown as MediaStream;

function statistics(): RTCStatsReport {
  const seconds = timers.now() / 1000;
  decoded += flow.decoded * (seconds - lastAt);
  arrived += (flow.arrived ?? flow.decoded) * (seconds - lastAt);
  sent += flow.sent * (seconds - lastAt);
  lost += flow.lost * (seconds - lastAt);
  lastAt = seconds;
  const frames = { framesDecoded: decoded, framesReceived: arrived };
  const inbound = { kind: 'video', trackIdentifier: 'track', ...frames };
  const packets = { packetsReceived: 100 * seconds, packetsLost: lost };
  const pair = { nominated: true, state: 'succeeded', availableOutgoingBitrate: flow.estimate };
  return new Map<string, unknown>([
    ['in', { type: 'inbound-rtp', ...inbound, ...packets }],
    ['out', { type: 'outbound-rtp', kind: 'video', mid: '1', framesSent: sent }],
    ['screen', { type: 'outbound-rtp', kind: 'video', mid: '2', framesSent: 1e6 }],
    ['pair', { type: 'candidate-pair', ...pair }],
  ]) as unknown as RTCStatsReport;
}
let [decoded, arrived, sent, lost, lastAt] = [0, 0, 0, 0, 0];
beforeEach(() => {
  [decoded, arrived, sent, lost, lastAt] = [0, 0, 0, 0, 0];
});

const told = (type: ClientMessage['type']) => said.filter((message) => message.type === type);

test('while videos flow nothing is said', async () => {
  await timers.advance(30_000);
  expect(said).toEqual([]);
  expect(shares).toEqual(['all']);
});

test('a picture that stops is asked for in stills, which end when it is back', async () => {
  await timers.advance(5000);
  flow.decoded = 0;
  await timers.advance(5000);
  expect(said).toEqual([{ type: 'lacking', pictures: [2] }]);
  expect(stills.shown.get().get(2)?.url).toBeNull();
  hear({ type: 'still', participant: 2, age_ms: 300 });
  await timers.advance(500);
  expect(stills.shown.get().get(2)?.url).toBe('blob:1');
  flow.decoded = 15;
  await timers.advance(5000);
  expect(told('lacking').at(-1)).toMatchObject({ pictures: [] });
  expect(stills.shown.get().size).toBe(0);
});

test('the server hears what the network brings, when that is otherwise than before', async () => {
  flow.decoded = 0;
  server.takesMs = 2000;
  await timers.advance(6000);
  for (let turn = 0; turn < 3; turn += 1) {
    hear({ type: 'still', participant: 2, age_ms: 300 });
    await timers.advance(6000);
  }
  expect(told('lacking')).toEqual([
    { type: 'lacking', pictures: [2] },
    { type: 'lacking', pictures: [2], most_bytes: 4000 },
  ]);
});

test.each([
  ['is out of sight', () => (inSight = false)],
  ['has the camera off', () => hear({ type: 'participant', ...customer, video: false })],
  ['is in the waiting room', () => hear({ type: 'participant', ...customer, place: 'lobby' })],
])('nothing is lacking of somebody who %s', async (_, happens) => {
  happens();
  flow.decoded = 0;
  await timers.advance(20_000);
  expect(said).toEqual([]);
});

test('what could not be said is said when there is a socket again', async () => {
  flow.decoded = 0;
  connected = false;
  await timers.advance(10_000);
  expect(said).toEqual([]);
  connected = true;
  await timers.advance(1000);
  expect(told('lacking')).toHaveLength(1);
  hear(welcome({ you, participants: [person({ id: 1, place: 'call' }), customer] }));
  await timers.advance(1000);
  expect(told('lacking')).toHaveLength(2);
});

test('on a network too weak for video it is given up, said, and tried again', async () => {
  flow = { ...flow, sent: 1, estimate: 50_000 };
  await timers.advance(7000);
  expect(told('stills')).toEqual([{ type: 'stills', on: true }]);
  expect(stills.own.get()).toEqual({ weak: true, by: [] });
  expect(sound).toBe('least');
  expect(shares).toEqual(['all', 'none']);
  hear({ type: 'stills_wanted', by: [2] });
  await timers.advance(1000);
  expect(server.requests[0]).toMatchObject({ method: 'PUT', size: 5000 });
  expect(stills.own.get().by).toEqual([2]);

  flow = { ...flow, sent: 20, estimate: 900_000 };
  await timers.advance(12_000);
  expect(shares.slice(2)).toEqual(['lowest', 'all']);
  expect(told('stills').at(-1)).toEqual({ type: 'stills', on: false });
  hear({ type: 'stills_wanted', by: [] });
  const sentBefore = server.requests.length;
  await timers.advance(20_000);
  expect(server.requests.length).toBe(sentBefore);
});

test('where nothing gets through, none is asked for, until pictures come quickly', async () => {
  await timers.advance(3000);
  flow = { ...flow, decoded: 0, lost: 60 };
  await timers.advance(10_000);
  expect(withholds).toBe(true);
  expect(told('lacking')).toHaveLength(1);
  flow = { ...flow, lost: 0 };
  server.takesMs = 20;
  hear({ type: 'still', participant: 2, age_ms: 100 });
  await timers.advance(4000);
  expect(withholds).toBe(false);
  flow = { ...flow, decoded: 20 };
  await timers.advance(4000);
  expect([withholds, stills.shown.get().size]).toEqual([false, 0]);
});

test('what is lost on another’s way is no reason to ask for none', async () => {
  hear({ type: 'quality', participant: 2, uplink: 'poor', downlink: 'good' });
  flow = { ...flow, decoded: 0, lost: 60 };
  await timers.advance(10_000);
  expect(told('lacking')).toHaveLength(1);
  expect(withholds).toBe(false);
});

test('the sound is made small for those who hear it on a weak network', async () => {
  hear({ type: 'stills_wanted', by: [2] });
  await timers.advance(2000);
  expect([sound, shares.at(-1)]).toEqual(['sparing', 'all']);
  hear({ type: 'stills_wanted', by: [] });
  await timers.advance(2000);
  expect(sound).toBe('all');
});

test('a camera that nobody needs, or that is off, says nothing of the network', async () => {
  flow = { ...flow, sent: 0, estimate: 50_000 };
  hear({ type: 'publish', video: [false, false], screen: false, subject: false });
  await timers.advance(20_000);
  hear({ type: 'publish', video: [true, true], screen: false, subject: false });
  camera = null;
  await timers.advance(20_000);
  expect(said).toEqual([]);
});

test('who is sent back to the waiting room sees and gives nothing more', async () => {
  flow.decoded = 0;
  await timers.advance(6000);
  hear({ type: 'stills_wanted', by: [2] });
  hear({ type: 'still', participant: 2, age_ms: 0 });
  await timers.advance(500);
  hear({ type: 'placed', place: 'lobby' });
  expect(stills.shown.get().size).toBe(0);
  expect(stills.own.get().by).toEqual([]);
  const before = server.requests.length;
  await timers.advance(20_000);
  expect(server.requests.length).toBe(before);
});

test('where the processor is short, pictures that come are not taken for lost on their way', async () => {
  busy = true;
  flow = { decoded: 1, arrived: 12, sent: 12, estimate: 50_000, lost: 0 };
  await timers.advance(20_000);
  expect(said).toEqual([]);
  expect(shares).toEqual(['all']);
  flow.arrived = 1;
  await timers.advance(10_000);
  expect(told('lacking').at(-1)).toMatchObject({ pictures: [2] });
});

import { beforeEach, expect, test, vi } from 'vitest';
import { LocalMedia } from './devices';
import { CallSession } from './session';
import { FakeSocket, FakeTimers, memoryKeyValue, settle, welcome } from './testing';
import { FakeDevices, FakeStream, FakeTrack } from './testing-media';
import { FakePeer } from './testing-peer';
import type { UploadQueue } from './uploads';

let socket: FakeSocket;
let shown: FakeTrack;
let session: CallSession;
const you = { id: 1, role: 'customer', name: 'Lin', place: 'call' } as const;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('navigator', {
    userAgent: 'test',
    mediaDevices: { getDisplayMedia: async () => new FakeStream([shown]) },
  });
  vi.stubGlobal('WebSocket', function () {
    return (socket = new FakeSocket());
  });
  shown = new FakeTrack('video');
  session = newSession();
  session.start();
  await join();
  await session.screen.start();
});

function newSession(): CallSession {
  return new CallSession({
    url: 'ws://shop',
    door: { link: 'abc' },
    media: new LocalMedia({ devices: new FakeDevices() as never, timers: new FakeTimers() }),
    uploads: {} as UploadQueue,
    store: memoryKeyValue(),
  });
}

async function join(place: 'call' | 'lobby' = 'call'): Promise<void> {
  socket.open();
  await settle();
  socket.say(welcome({ you: { ...you, place } }));
}

const toldOfScreens = () =>
  socket.sent.flatMap((message) => (message.type === 'screen' ? [message] : []));

test('a refusal of the screen, whatever it is, stops it', () => {
  const seq = toldOfScreens()[0]!.seq!;
  socket.say({ type: 'error', code: 'rate_limited', message: 'too many messages', re: seq });
  expect(shown.readyState).toBe('ended');
  expect(toldOfScreens().at(-1)).toMatchObject({ on: false });
});

test.each([
  ['the call ends', () => socket.say({ type: 'ended', reason: 'ended' })],
  ['one is removed', () => socket.break(4001)],
  ['another page takes the seat', () => socket.break(4002)],
  ['the page goes away', () => session.detach()],
])('when %s the screen is captured no more, and the path is given up', (_, happens) => {
  happens();
  expect(shown.readyState).toBe('ended');
  expect(FakePeer.now.connectionState).toBe('closed');
});

test('a new socket into the call is told of the screen', async () => {
  const former = socket;
  former.break();
  await vi.waitFor(() => expect(socket).not.toBe(former), 2_000);
  await join();
  expect(shown.readyState).toBe('live');
  expect(toldOfScreens()).toEqual([expect.objectContaining({ on: true })]);
});

test('who comes back into the waiting room shows no screen, then or later', async () => {
  const former = socket;
  former.break();
  await vi.waitFor(() => expect(socket).not.toBe(former), 2_000);
  await join('lobby');
  expect(shown.readyState).toBe('ended');
  socket.say({ type: 'placed', place: 'call' });
  expect(session.screen.track.get()).toBeNull();
  expect(toldOfScreens()).toEqual([]);
});

async function reconnecting(): Promise<void> {
  const former = socket;
  former.break();
  await vi.waitFor(() => expect(socket).not.toBe(former), 2_000);
}

test('what is pressed while the server is out of reach is told to be lost', async () => {
  await reconnecting();
  const refused = vi.fn();
  session.onRefused = refused;
  session.admit(2);
  session.sendBack(2);
  session.remove(2);
  session.lock(true);
  session.silence(2, 'audio');
  session.mark(2);
  session.end();
  expect(refused.mock.calls).toEqual(Array(7).fill(['offline', null]));
});

test('a full call is told to who admits, a full media server as one that has too much to do', () => {
  const refused = vi.fn();
  session.onRefused = refused;
  session.admit(2);
  const admit = socket.sent.at(-1)!;
  socket.say({ type: 'error', code: 'room_full', message: '', re: admit.seq! });
  expect(refused).toHaveBeenLastCalledWith('room_full', null);
  socket.say({ type: 'error', code: 'room_full', message: '' });
  expect(refused).toHaveBeenLastCalledWith('overloaded', null);
});

test('a place that is left while the server is out of reach is given up later', async () => {
  await reconnecting();
  session.leave();
  expect(session.model.get().phase).toBe('ended');
  socket.open();
  expect(socket.sent).toEqual([
    { type: 'join', version: 1, link: 'abc', resume: 'token', audio: false, video: false },
  ]);
  socket.say(welcome());
  expect(socket.sent.at(-1)).toEqual({ type: 'leave' });
  expect(socket.closed).toBe(true);
});

test('a place without media is offered another path in a while', async () => {
  expect(session.transport.state.get()).toBe('busy');
  const another = newSession();
  another.start();
  socket.open();
  await settle();
  socket.say(welcome({ you, answer: 'v=0' }));
  await settle();
  expect(another.transport.state.get()).toBe('new');
});

test('a browser without a common format gets no call, and is told why', () => {
  socket.say({ type: 'error', code: 'unsupported_media', message: 'the offer has no media' });
  expect(session.model.get()).toMatchObject({ phase: 'refused', refusal: 'unsupported_media' });
  expect(socket.sent).toContainEqual({ type: 'leave' });
  expect(socket.closed).toBe(true);
});

test('a later offer that cannot be taken ends no call', async () => {
  await reconnecting();
  socket.open();
  await settle();
  socket.say(welcome({ you, answer: 'v=0' }));
  await settle();
  socket.say({ type: 'error', code: 'unsupported_media', message: 'the m-lines differ' });
  expect(session.model.get().phase).toBe('call');
});

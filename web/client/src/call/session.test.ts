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
  session = new CallSession({
    url: 'ws://shop',
    door: { link: 'abc' },
    media: new LocalMedia({ devices: new FakeDevices() as never, timers: new FakeTimers() }),
    uploads: {} as UploadQueue,
    store: memoryKeyValue(),
  });
  session.start();
  await join();
  await session.screen.start();
});

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

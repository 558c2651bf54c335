import { beforeEach, expect, test } from 'vitest';
import { Connection, type ConnectionStatus } from './connection';
import type { Join, ServerMessage } from './protocol';
import { FakeSocket, FakeTimers, memoryKeyValue, settle, welcome } from './testing';

let timers: FakeTimers;
let sockets: FakeSocket[];
let statuses: ConnectionStatus[];
let messages: ServerMessage[];
let store: ReturnType<typeof memoryKeyValue>;
let connection: Connection;
let heard: boolean;
let joining: () => Promise<Join>;
const seat: Join = { version: 1, link: 'abc', audio: true, video: true };
const newest = () => sockets[sockets.length - 1]!;

beforeEach(() => {
  timers = new FakeTimers();
  sockets = [];
  statuses = [];
  messages = [];
  store = memoryKeyValue();
  heard = false;
  joining = () => Promise.resolve(seat);
  connection = new Connection({
    url: 'ws://shop',
    store,
    storeKey: 'resume',
    join: () => joining(),
    onMessage: (message) => messages.push(message),
    onStatus: (status) => statuses.push(status),
    openSocket: () => {
      sockets.push(new FakeSocket());
      return newest();
    },
    isHeard: () => heard,
    timers,
  });
});

async function join(): Promise<FakeSocket> {
  connection.start();
  newest().open();
  await settle();
  newest().say(welcome());
  return newest();
}

test('the first message is a join, and the token of the answer is kept', async () => {
  const socket = await join();
  expect(socket.sent[0]).toEqual({
    type: 'join',
    version: 1,
    link: 'abc',
    audio: true,
    video: true,
  });
  expect(store.values.get('resume')).toBe('token');
  expect(statuses).toEqual(['connecting', 'joined']);
});

test('a broken socket is replaced at once and brings the resume token', async () => {
  const socket = await join();
  socket.break();
  await timers.advance(0);
  newest().open();
  await settle();
  expect(sockets).toHaveLength(2);
  expect(newest().sent[0]).toMatchObject({ type: 'join', resume: 'token' });
  expect(statuses.at(-1)).toBe('reconnecting');
});

test('after a long outage it is back within three seconds of the return', async () => {
  (await join()).break();
  await timers.advance(60_000);
  const before = sockets.length;
  await timers.advance(3_000);
  expect(sockets.length).toBeGreaterThan(before);
});

test('a slow network’s first attempt may win, though others were begun meanwhile', async () => {
  connection.start();
  await timers.advance(4_000);
  expect(sockets.length).toBeGreaterThan(1);
  const [slow, ...others] = sockets;
  slow!.open();
  await settle();
  expect(slow!.sent[0]).toMatchObject({ type: 'join' });
  expect(others.every(({ closed }) => closed)).toBe(true);
});

test('a socket that answers no heartbeat is given up', async () => {
  const socket = await join();
  await timers.advance(5_000);
  expect(socket.sent.at(-1)).toEqual({ type: 'ping' });
  await timers.advance(2_600);
  expect(socket.closed).toBe(true);
  expect(sockets).toHaveLength(2);
});

test('while the call is heard a slow answer costs no socket, but none at all does', async () => {
  const socket = await join();
  heard = true;
  await timers.advance(5000 + 9900);
  expect(socket.closed).toBe(false);
  socket.say({ type: 'pong' });
  await timers.advance(4000);
  expect(socket.closed).toBe(false);
  await timers.advance(20_000);
  expect(socket.closed).toBe(true);
});

test('an answered heartbeat keeps the socket', async () => {
  const socket = await join();
  await timers.advance(5_100);
  socket.say({ type: 'pong' });
  await timers.advance(4_000);
  expect(sockets).toHaveLength(1);
});

test('a socket that is doubted has to answer soon, though it was asked just before', async () => {
  const socket = await join();
  await timers.advance(5_000);
  connection.doubt();
  await timers.advance(800);
  expect(socket.closed).toBe(false);
  await timers.advance(200);
  expect(socket.closed).toBe(true);
  expect(sockets).toHaveLength(2);
});

test('on another network it does not wait for the old socket to fail', async () => {
  const socket = await join();
  connection.reopen();
  expect(socket.closed).toBe(true);
  newest().open();
  await settle();
  expect(sockets).toHaveLength(2);
  expect(newest().sent[0]).toMatchObject({ type: 'join', resume: 'token' });
});

test('on another network it brings another offer: the former may be of a path that is gone', async () => {
  let offers = 0;
  joining = async () => ({ ...seat, offer: `offer ${(offers += 1)}` });
  (await join()).break();
  await timers.advance(3_000);
  connection.reopen();
  newest().open();
  await settle();
  expect(newest().sent[0]).toMatchObject({ type: 'join', offer: 'offer 3' });
});

test('an offer that cannot be made is made anew by the next attempt', async () => {
  joining = () => Promise.reject(new Error('no offer'));
  connection.start();
  await timers.advance(1_000);
  joining = () => Promise.resolve(seat);
  await timers.advance(1_000);
  newest().open();
  await settle();
  expect(newest().sent[0]).toMatchObject({ type: 'join' });
});

test.each([
  ['while its socket opens', () => undefined],
  ['once it is open', () => newest().open()],
])('an offer that fails after the network changed, %s, costs no socket', async (_, happens) => {
  let fail = (_: Error) => {};
  joining = () => new Promise((_, reject) => (fail = reject));
  connection.start();
  happens();
  joining = () => Promise.resolve(seat);
  connection.reopen();
  const socket = newest();
  fail(new Error('closed'));
  await settle();
  socket.open();
  await settle();
  expect(socket.sent[0]).toMatchObject({ type: 'join' });
});

test('a refusal that no retry mends ends the attempts', async () => {
  connection.start();
  newest().open();
  await settle();
  newest().say({ type: 'error', code: 'too_late', message: 'over' });
  newest().break();
  await timers.advance(10_000);
  expect(sockets).toHaveLength(1);
  expect(statuses.at(-1)).toBe('closed');
  expect(messages).toHaveLength(1);
});

test('the reason of a refusal is told before the end', async () => {
  connection.start();
  newest().open();
  await settle();
  const told = statuses.length;
  newest().say({ type: 'error', code: 'cancelled', message: '' });
  expect(messages).toHaveLength(1);
  expect(statuses.slice(told)).toEqual(['closed']);
});

test.each(['internal', 'rate_limited', 'server_restarting', 'timeout'] as const)(
  'after a refusal that passes (%s) the same seat is asked for again',
  async (code) => {
    store.setItem('resume', 'old');
    connection.start();
    newest().open();
    await settle();
    newest().say({ type: 'error', code, message: 'not just now' });
    await timers.advance(200);
    newest().open();
    await settle();
    expect(sockets).toHaveLength(2);
    expect(newest().sent[0]).toMatchObject({ type: 'join', resume: 'old' });
  },
);

test('a refusal that is final forgets the token', async () => {
  store.setItem('resume', 'old');
  connection.start();
  newest().open();
  await settle();
  newest().say({ type: 'error', code: 'link_invalid', message: 'altered' });
  expect(store.values.has('resume')).toBe(false);
});

test('when another page takes the seat this one stays away', async () => {
  (await join()).break(4002);
  await timers.advance(10_000);
  expect(sockets).toHaveLength(1);
  expect(statuses.at(-1)).toBe('superseded');
});

test('the end of the call is final and forgets the token', async () => {
  (await join()).say({ type: 'ended', reason: 'ended' });
  await timers.advance(10_000);
  expect(sockets).toHaveLength(1);
  expect(store.values.has('resume')).toBe(false);
});

test('a page that goes away keeps its token for the reload', async () => {
  await join();
  connection.detach();
  expect(store.values.get('resume')).toBe('token');
});

test('garbage from the server is passed over', async () => {
  const socket = await join();
  socket.onmessage?.({ data: '{' } as MessageEvent);
  socket.onmessage?.({ data: 'null' } as MessageEvent);
  expect(messages).toHaveLength(1);
});

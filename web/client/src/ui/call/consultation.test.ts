import { expect, test, vi } from 'vitest';
import { EMPTY, type CallModel, type Person } from '../../call/model';
import { FakeSocket, memoryKeyValue, person, settle } from '../../call/testing';
import { FakeDevices, FakeStream } from '../../call/testing-media';
import { FakePeer } from '../../call/testing-peer';
import { Consultation, inFront, inLobby, whyNoCapture } from './consultation.svelte';

const customer = (change: Partial<Person> = {}): Person => ({
  ...person({ place: 'call' }),
  waitingSince: null,
  ...change,
});
const call = (people: Person[], change: Partial<CallModel> = {}): CallModel => ({
  ...EMPTY,
  phase: 'call',
  connection: 'joined',
  mayCapture: true,
  you: { id: 9, role: 'stylist', name: 'Mei', place: 'call' },
  people: new Map(people.map((one) => [one.id, one])),
  ...change,
});

test('the customer in the call is in front, before a colleague', () => {
  const model = call([customer({ id: 2, role: 'staff' }), customer({ id: 3 })]);
  expect(inFront(model)?.id).toBe(3);
});

test('who waits longest is first', () => {
  const model = call([
    customer({ id: 1, place: 'lobby', waitingSince: 200 }),
    customer({ id: 2, place: 'lobby', waitingSince: 100 }),
  ]);
  expect(inLobby(model).map(({ id }) => id)).toEqual([2, 1]);
});

test('of two customers the one who is here is in front, unless the other was marked', () => {
  const lost = customer({ id: 2, presence: 'reconnecting' });
  expect(inFront(call([lost, customer({ id: 3 })]))?.id).toBe(3);
  expect(inFront(call([lost, customer({ id: 3 })], { subject: 2 }))?.id).toBe(2);
  expect(inFront(call([customer({ id: 4, role: 'guest' }), lost]))?.id).toBe(2);
});

test('the button says why it is off', () => {
  const willing = customer();
  const why = (model: CallModel, subject: Person | null) => whyNoCapture(model, subject, true);
  expect(why(call([]), null)).toBe('nobody');
  expect(why(call([willing]), customer({ may_be_captured: false }))).toBe('consent');
  expect(why(call([willing]), customer({ video: false }))).toBe('noPicture');
  expect(why(call([willing], { mayCapture: false }), willing)).toBe('role');
  expect(why(call([willing], { connection: 'reconnecting' }), willing)).toBe('offline');
  expect(why(call([willing]), willing)).toBeNull();
  expect(whyNoCapture(call([willing]), willing, false)).toBe('notShown');
});

test('coming back opens the devices and the call once, and the former call is let go', async () => {
  const sockets: FakeSocket[] = [];
  const devices = new FakeDevices();
  vi.stubGlobal('RTCPeerConnection', FakePeer);
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: [] }) });
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('navigator', { userAgent: 'test', mediaDevices: devices });
  vi.stubGlobal('location', { protocol: 'https:', host: 'shop' });
  vi.stubGlobal('sessionStorage', memoryKeyValue());
  vi.stubGlobal('fetch', async () => Response.json({ items: [] }));
  vi.stubGlobal('WebSocket', function () {
    sockets.push(new FakeSocket());
    return sockets.at(-1);
  });
  const consultation = new Consultation('appointment');
  let stop = consultation.start();
  const former = consultation.session;
  former.leave();
  consultation.again();
  expect(sockets).toHaveLength(1);
  expect(devices.asked).toHaveLength(1);
  // As an effect does, whose session is another.
  stop();
  stop = consultation.start();
  await settle();
  expect(sockets.map(({ closed }) => closed)).toEqual([true, false]);
  expect(devices.given.filter(({ readyState }) => readyState === 'live')).toHaveLength(2);
  stop();
  expect(sockets.every(({ closed }) => closed)).toBe(true);
  expect(devices.given.every(({ readyState }) => readyState === 'ended')).toBe(true);
});

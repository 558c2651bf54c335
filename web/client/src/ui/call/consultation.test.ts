import { expect, test } from 'vitest';
import { EMPTY, type CallModel, type Person } from '../../call/model';
import { person } from '../../call/testing';
import { inFront, inLobby, whyNoCapture } from './consultation.svelte';

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

test('the button says why it is off', () => {
  const willing = customer();
  expect(whyNoCapture(call([]), null)).toBe('nobody');
  expect(whyNoCapture(call([willing]), customer({ may_be_captured: false }))).toBe('consent');
  expect(whyNoCapture(call([willing]), customer({ video: false }))).toBe('noPicture');
  expect(whyNoCapture(call([willing], { mayCapture: false }), willing)).toBe('role');
  expect(whyNoCapture(call([willing], { connection: 'reconnecting' }), willing)).toBe('offline');
  expect(whyNoCapture(call([willing]), willing)).toBeNull();
});

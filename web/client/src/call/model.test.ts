import { expect, test } from 'vitest';
import { EMPTY, reduce, withConnection, withoutNotice, type CallModel } from './model';
import type { ServerMessage } from './protocol';
import { person, welcome } from './testing';

const NOW = 1_000_000;
const after = (...messages: ServerMessage[]): CallModel =>
  messages.reduce((model, message) => reduce(model, message, NOW), EMPTY);

test('a customer who joins waits in the lobby with a number ahead', () => {
  const model = after(welcome());
  expect(model.phase).toBe('lobby');
  expect(model.ahead).toBe(1);
});

test('the number ahead follows the queue', () => {
  expect(after(welcome(), { type: 'waiting', ahead: 0 }).ahead).toBe(0);
});

test('being admitted shows the call', () => {
  const model = after(welcome(), { type: 'placed', place: 'call' });
  expect(model.phase).toBe('call');
  expect(model.you?.place).toBe('call');
});

test('being sent back forgets the others', () => {
  const stylist = person({ id: 2, role: 'stylist', place: 'call' });
  const model = after(
    welcome(),
    { type: 'placed', place: 'call' },
    { type: 'participant', ...stylist },
    { type: 'placed', place: 'lobby' },
  );
  expect([...model.people.keys()]).toEqual([1]);
});

test('instants of the server are moved to the clock of the page', () => {
  const call = { id: 'call', state: 'live', now_ms: 5_000_000, live_since_ms: 4_990_000 } as const;
  expect(after(welcome({ call })).liveSince).toBe(NOW - 10_000);
});

test('how long somebody waits is counted from their message', () => {
  const model = after(welcome(), {
    type: 'participant',
    ...person({ id: 3, waiting_ms: 7_000 }),
  });
  expect(model.people.get(3)?.waitingSince).toBe(NOW - 7_000);
});

test('whoever is gone is shown no longer', () => {
  const model = after(welcome(), { type: 'gone', id: 1, reason: 'left' });
  expect(model.people.size).toBe(0);
});

test('a capture is there once, with what is known of each picture', () => {
  const started = {
    type: 'capture_started',
    id: 'c1',
    target: 1,
    by: 2,
    call_time_ms: 4200,
  } as const;
  const stored = {
    type: 'capture_state',
    id: 'c1',
    from: 1,
    source: 'camera',
    state: 'stored',
  } as const;
  const model = after(welcome(), started, started, stored);
  expect(model.captures).toEqual([
    { id: 'c1', target: 1, by: 2, callTimeMs: 4200, pictures: { camera: 'stored' } },
  ]);
});

test('a refusal before joining is shown as such', () => {
  const refused = after({ type: 'error', code: 'too_early', message: '' });
  expect(withConnection(refused, 'closed')).toMatchObject({
    phase: 'refused',
    refusal: 'too_early',
  });
});

test('a refusal on coming back is no good-bye of one’s own', () => {
  const away = withConnection(after(welcome()), 'reconnecting');
  const refused = reduce(away, { type: 'error', code: 'too_late', message: '' }, NOW);
  expect(withConnection(refused, 'closed').phase).toBe('refused');
});

test('an error within the call changes nothing', () => {
  const model = withConnection(after(welcome()), 'joined');
  expect(reduce(model, { type: 'error', code: 'forbidden', message: '' }, NOW)).toBe(model);
});

test('the reason of the end stays when the socket closes', () => {
  const ended = after(welcome(), { type: 'ended', reason: 'cancelled' });
  expect(withConnection(ended, 'closed')).toMatchObject({
    phase: 'ended',
    endReason: 'cancelled',
  });
});

test('who has the floor is told on joining, and follows', () => {
  const model = after(welcome({ subject: 3, active_speaker: 2, locked: true }));
  expect(model).toMatchObject({ subject: 3, activeSpeaker: 2, locked: true });
  const later = reduce(model, { type: 'subject', participant: null }, NOW);
  expect(later.subject).toBeNull();
});

test('whoever is gone neither speaks nor is paused', () => {
  const model = after(
    welcome(),
    { type: 'speaking', participant: 3, speaking: true },
    { type: 'receiving', participant: 3, kind: 'video', layer: null },
    { type: 'gone', id: 3, reason: 'left' },
  );
  expect(model.speaking.size + model.paused.size).toBe(0);
});

test('a picture is paused until it comes again', () => {
  const paused = after(welcome(), {
    type: 'receiving',
    participant: 3,
    kind: 'video',
    layer: null,
  });
  expect([...paused.paused]).toEqual(['3 video']);
  const again = reduce(paused, { type: 'receiving', participant: 3, kind: 'video', layer: 1 }, NOW);
  expect(again.paused.size).toBe(0);
});

test('the notice of being silenced goes once its owner has turned it on again', () => {
  const silenced = after(welcome(), { type: 'silenced', kind: 'audio', by: 2 });
  expect(silenced.silenced).toEqual({ kind: 'audio', by: 2 });
  expect(withoutNotice(silenced, 'video')).toBe(silenced);
  expect(withoutNotice(silenced, 'audio').silenced).toBeNull();
});

import { expect, test } from 'vitest';
import { EMPTY, reduce, type CallModel } from '../../call/model';
import type { ParticipantView, ServerMessage, SlotView } from '../../call/protocol';
import { person, welcome } from '../../call/testing';
import type { ReceiveSlot } from '../../call/receive-slots';
import { columns, faces, isGroup, largest, pageSize, remoteOf } from './faces';

const you = { id: 1, role: 'stylist', name: 'Mei', place: 'call' } as const;
const sits = (change: Partial<ParticipantView>) => person({ place: 'call', ...change });
function call(others: Partial<ParticipantView>[], ...messages: ServerMessage[]): CallModel {
  const participants = [sits({ ...you }), ...others.map(sits)];
  return [welcome({ you, participants }), ...messages].reduce(
    (model, message) => reduce(model, message, 0),
    EMPTY,
  );
}
const keys = (model: CallModel) => faces(model).map(({ key }) => key);
const large = (model: CallModel, pinned: '3 video' | '9 video' | null = null) =>
  largest(model, faces(model), pinned)?.key;
const guest = { id: 3, role: 'guest' } as const;

test('two people are no group, three are, and so is a screen', () => {
  expect(isGroup(call([{ id: 2 }]))).toBe(false);
  expect(isGroup(call([{ id: 2 }, guest]))).toBe(true);
  expect(isGroup(call([{ id: 2, screen: true }]))).toBe(true);
  expect(isGroup(call([{ id: 2 }, { ...guest, place: 'lobby' }]))).toBe(false);
});

test('screens come first and oneself last', () => {
  expect(keys(call([guest, { id: 2, screen: true }]))).toEqual([
    '2 screen',
    '2 video',
    '3 video',
    '1 video',
  ]);
});

test('of two customers the one who is there is large', () => {
  const left = { id: 2, presence: 'reconnecting' } as const;
  expect(large(call([left]))).toBe('2 video');
  expect(large(call([left, { id: 4 }]))).toBe('4 video');
  expect(large(call([{ id: 2 }, { id: 4 }]))).toBe('2 video');
});

test('what was pinned is large, then a screen, the subject, who speaks, the customer', () => {
  const people = [guest, { id: 2 }];
  expect(large(call(people))).toBe('2 video');
  const speaks: ServerMessage = { type: 'active_speaker', participant: 3 };
  expect(large(call(people, speaks))).toBe('3 video');
  const marked: ServerMessage = { type: 'subject', participant: 2 };
  expect(large(call(people, speaks, marked))).toBe('2 video');
  expect(large(call([{ ...guest, screen: true }, { id: 2 }], marked))).toBe('3 screen');
  expect(large(call(people, marked), '3 video')).toBe('3 video');
});

test('somebody pinned who left, and oneself speaking, change nothing', () => {
  const people = [guest, { id: 2 }];
  expect(large(call(people), '9 video')).toBe('2 video');
  expect(large(call(people, { type: 'active_speaker', participant: 1 }))).toBe('2 video');
});

test('a phone shows six faces a page, two across; a desk all twenty', () => {
  expect(pageSize(390)).toBe(6);
  expect(columns(6, 390, 560)).toBe(2);
  expect(pageSize(1_076)).toBe(20);
  expect(columns(20, 1_076, 640)).toBe(5);
  expect(columns(1, 390, 560)).toBe(1);
});

const receive = ['5', '6'].map((mid) => ({ mid, kind: 'video', stream: { mid } })) as never;
const slots = (...taken: SlotView[]): ServerMessage => ({ type: 'slots', slots: taken });
const inSlot = (mid: string, participant: number) => ({ mid, participant, kind: 'video' }) as const;
const remote = (model: CallModel, id: number) =>
  remoteOf(model, receive as ReceiveSlot[], model.people.get(id) ?? null);

test('the first slot hangs in the page before anybody comes, and until they have a slot', () => {
  expect(remote(call([]), 2)).toEqual({ mid: '5' });
  expect(remote(call([{ id: 2 }]), 2)).toEqual({ mid: '5' });
  expect(remote(call([{ id: 2 }], slots(inSlot('6', 2))), 2)).toEqual({ mid: '6' });
});

test('whose slot is taken for a moment keeps it, and nobody else is shown in it', () => {
  const both = [{ id: 2 }, guest];
  const after = (...messages: ServerMessage[]) =>
    call(both, slots(inSlot('5', 2), inSlot('6', 3)), ...messages);
  expect(remote(after(slots()), 2)).toEqual({ mid: '5' });
  expect(remote(after({ type: 'gone', id: 2, reason: 'left' }, slots()), 3)).toBeNull();
});

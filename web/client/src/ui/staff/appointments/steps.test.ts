import { expect, test } from 'vitest';
import type { Appointment } from '../../../api/types';
import { callIsOpen } from './steps';

function appointment(state: Appointment['state'], waiting: number) {
  const person = { name: 'Li Na', since: '2026-05-04T09:00:00.000Z' };
  const call = {
    state: 'open',
    opens_at: person.since,
    closes_at: person.since,
    waiting: Array.from({ length: waiting }, () => person),
  } as const;
  return { state, call: { ...call, waiting: [...call.waiting] } };
}

test('who was marked as missed and came after all can be let in', () => {
  expect(callIsOpen(appointment('no_show', 0))).toBe(false);
  expect(callIsOpen(appointment('no_show', 1))).toBe(true);
});

test('what is over stays over, whoever stands at the door', () => {
  expect(callIsOpen(appointment('cancelled', 1))).toBe(false);
  expect(callIsOpen(appointment('done', 1))).toBe(false);
  expect(callIsOpen(appointment('confirmed', 0))).toBe(true);
});

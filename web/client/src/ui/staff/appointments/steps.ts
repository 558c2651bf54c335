// What can be done next with an appointment. The server decides; this only
// keeps buttons away that it would refuse.
import type { Appointment, AppointmentState } from '../../../api/types';

export type Step = Exclude<AppointmentState, 'pending' | 'cancelled'>;

/** The one step that the day's course suggests. A call's own steps come from the call. */
export function nextStep({ kind, state }: Pick<Appointment, 'kind' | 'state'>): Step | undefined {
  if (state === 'pending') return 'confirmed';
  if (state === 'in_service') return 'done';
  if (kind === 'video') return undefined;
  if (state === 'confirmed' || state === 'no_show') return 'checked_in';
  if (state === 'checked_in' || state === 'waiting') return 'in_service';
  return undefined;
}

export function mayCancel({ state }: Pick<Appointment, 'state'>): boolean {
  return ['pending', 'confirmed', 'checked_in', 'waiting'].includes(state);
}

/** The same states from which the server lets it move. */
export const mayMove = mayCancel;

export function mayMiss({ state, starts_at }: Appointment, now: number): boolean {
  return ['confirmed', 'checked_in', 'waiting'].includes(state) && Date.parse(starts_at) < now;
}

/** Whether the call can be entered now. */
export function callIsOpen({ call, state }: Pick<Appointment, 'call' | 'state'>): boolean {
  // Who was marked as missed and came after all waits at the door, even when the time is taken.
  const missed = state === 'no_show' && !call?.waiting.length;
  const over = missed || state === 'cancelled' || state === 'done';
  return !over && (call?.state === 'open' || call?.state === 'live');
}

export function holdsItsSlot({ state }: Pick<Appointment, 'state'>): boolean {
  return state !== 'cancelled' && state !== 'no_show';
}

// A customer's history: each visit with its snapshots, the newest first.
import type { Appointment, Snapshot } from '../../../api/types';

export type Visit = { appointment: Appointment; snapshots: Snapshot[] };

export function visitsOf(appointments: Appointment[], snapshots: Snapshot[]): Visit[] {
  const taken = new Map<string, Snapshot[]>();
  for (const snapshot of snapshots) {
    const of = taken.get(snapshot.appointment_id) ?? [];
    taken.set(snapshot.appointment_id, [...of, snapshot]);
  }
  return appointments
    .map((appointment) => ({
      appointment,
      snapshots: (taken.get(appointment.id) ?? []).sort((a, b) =>
        a.taken_at.localeCompare(b.taken_at),
      ),
    }))
    .sort((a, b) => b.appointment.starts_at.localeCompare(a.appointment.starts_at));
}

/** Whole years, and the months of those who are younger than one. */
export function ageOf(bornOn: string, today: string): { years: number; months: number } {
  const [bornYear = 0, bornMonth = 0, bornDay = 0] = bornOn.split('-').map(Number);
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
  const months = (year - bornYear) * 12 + month - bornMonth - (day < bornDay ? 1 : 0);
  return { years: Math.max(0, Math.floor(months / 12)), months: Math.max(0, months % 12) };
}

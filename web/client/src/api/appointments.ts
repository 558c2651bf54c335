// Appointments.
import { get, patch, post } from './http';
import type { Appointment, AppointmentState, CallQuality, Kind, Page } from './types';

export type Filter = {
  from?: string;
  to?: string;
  stylist_id?: string;
  customer_id?: string;
};
export type NewAppointment = {
  service_id: string;
  stylist_id: string;
  customer_id: string;
  pet_id?: string;
  starts_at: string;
  length_minutes?: number;
  kind: Kind;
  consultation_id?: string;
  notes?: string;
};
export type AppointmentChange = {
  starts_at?: string;
  length_minutes?: number;
  stylist_id?: string;
  state?: AppointmentState;
  notes?: string;
};

const atMost = 500;

/** All of a span of time, however many pages that takes. */
export async function listAppointments(filter: Filter, signal?: AbortSignal) {
  const found: Appointment[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...filter, cursor, limit: 100 };
    const page: Page<Appointment> = await get('/appointments', { query, signal });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && found.length < atMost);
  return found.sort((a, b) => a.starts_at.localeCompare(b.starts_at));
}

export const findAppointment = (id: string, signal?: AbortSignal) =>
  get<Appointment>(`/appointments/${id}`, { signal });

export const createAppointment = (appointment: NewAppointment, idempotencyKey?: string) =>
  post<Appointment>('/appointments', appointment, { idempotencyKey });

export const changeAppointment = (id: string, change: AppointmentChange) =>
  patch<Appointment>(`/appointments/${id}`, change);

/** How good the connections of its call were; of no call nobody's. */
export const showCallQuality = (id: string, signal?: AbortSignal) =>
  get<CallQuality>(`/appointments/${id}/call-quality`, { signal });

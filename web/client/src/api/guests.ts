// Guests who are invited to a call by links of their own.
import { get, post, remove } from './http';
import type { GuestLink } from './types';

const path = (appointment: string) => `/appointments/${appointment}/guest-links`;

export const listGuests = (appointment: string, signal?: AbortSignal) =>
  get<GuestLink[]>(path(appointment), signal ? { signal } : {});

export const inviteGuest = (appointment: string, name: string) =>
  post<GuestLink>(path(appointment), { name });

export const revokeGuest = (appointment: string, id: string) =>
  remove(`${path(appointment)}/${id}`);

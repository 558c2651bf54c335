// Who works here.
import { get, patch, post, put } from './http';
import type { NewStaff, Page, StaffChange, StaffMember } from './types';

export const listStylists = async (signal?: AbortSignal) =>
  (await get<Page<StaffMember>>('/staff', { query: { role: 'stylist', limit: 200 }, signal }))
    .items;

/** Also those who do not work here any more. */
export const listEverybody = async (signal?: AbortSignal) =>
  (await get<Page<StaffMember>>('/staff', { query: { deactivated: true, limit: 200 }, signal }))
    .items;

export const createStaff = (staff: NewStaff) => post<StaffMember>('/staff', staff);

export const changeStaff = (id: string, change: StaffChange) =>
  patch<StaffMember>(`/staff/${id}`, change);

export const setPassword = (id: string, password: string) =>
  put<void>(`/staff/${id}/password`, { password });

// Signing in and out, and who works here.
import { get, post, remove } from './http';
import type { Page, Session, StaffMember } from './types';

export const currentSession = () => get<Session>('/sessions/current');

export const signIn = (email: string, password: string) =>
  post<unknown>('/sessions', { email, password });

export const signOut = () => remove('/sessions/current');

export const listStylists = async () =>
  (await get<Page<StaffMember>>('/staff', { query: { role: 'stylist', limit: 100 } })).items;

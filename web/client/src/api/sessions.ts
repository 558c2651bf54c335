// Signing in and out.
import { get, post, remove } from './http';
import type { Session } from './types';

export const currentSession = () => get<Session>('/sessions/current');

export const signIn = (email: string, password: string) =>
  post<unknown>('/sessions', { email, password });

export const signOut = () => remove('/sessions/current');

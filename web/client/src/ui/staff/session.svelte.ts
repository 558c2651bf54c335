// Who is signed in on this device.
import { onSignedOut } from '../../api/http';
import { Problem } from '../../api/problem';
import * as sessions from '../../api/sessions';
import type { Session } from '../../api/types';
import { useTimeZone } from '../../i18n/format';
import { live, resync } from '../../live';

type State =
  | { is: 'unknown' }
  | { is: 'unreachable'; error: unknown }
  | { is: 'out' }
  | { is: 'in'; session: Session };

let state = $state.raw<State>({ is: 'unknown' });

export function sessionState(): State {
  return state;
}

export function session(): Session | undefined {
  return state.is === 'in' ? state.session : undefined;
}

export async function loadSession(): Promise<void> {
  try {
    enter(await sessions.currentSession());
  } catch (error) {
    if (error instanceof Problem && error.status === 401) leave();
    else state = { is: 'unreachable', error };
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await sessions.signIn(email, password);
  enter(await sessions.currentSession());
}

export async function signOut(): Promise<void> {
  await sessions.signOut();
  leave();
}

/** The shop was changed, or somebody of its staff: perhaps the one who looks at this. */
live.listen(({ kind }) => {
  if (kind === 'shop.changed' || kind === 'staff.changed' || kind === resync) void refresh();
});

async function refresh(): Promise<void> {
  if (state.is !== 'in') return;
  try {
    const session = await sessions.currentSession();
    if (sessionState().is === 'in') enter(session);
  } catch {
    // Signed out is seen to below; for the rest, what is known stays good.
  }
}

onSignedOut(() => {
  if (state.is === 'in') leave();
});

function enter(session: Session): void {
  useTimeZone(session.shop.time_zone);
  state = { is: 'in', session };
  live.start();
}

function leave(): void {
  state = { is: 'out' };
  live.stop();
}

// What both call screens do around a session: open it, wake it when the page or the network comes back,
// and keep a phone's screen from going dark.
import { createSubscriber } from 'svelte/reactivity';
import { CallSession, type SessionOptions } from '../../call/session';
import type { Readable } from '../../call/store';

/** With the server that this page is from. */
export function newSession(options: Omit<SessionOptions, 'url'>): CallSession {
  const { protocol, host } = location;
  const scheme = protocol === 'https:' ? 'wss' : 'ws';
  return new CallSession({ url: `${scheme}://${host}/api/v1/call`, ...options });
}

/** The value of one of the call's stores, followed by whoever reads it. */
export function watched<T>(store: Readable<T>): { readonly value: T } {
  const follow = createSubscriber((update) => {
    // The present value is no news.
    let started = false;
    const stop = store.subscribe(() => started && update());
    started = true;
    return stop;
  });
  return {
    get value() {
      follow();
      return store.get();
    },
  };
}

/** Use in an effect: it returns how to stop. */
export function followPage(session: CallSession): () => void {
  const wake = () => document.visibilityState === 'visible' && session.wake();
  const changed = () => session.networkChanged();
  const leave = () => session.detach();
  // A page out of the browser's memory has given up its session.
  const shown = (event: PageTransitionEvent) => event.persisted && location.reload();
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('pageshow', shown);
  window.addEventListener('online', changed);
  window.addEventListener('pagehide', leave);
  const stay = followNetwork(changed);
  const letSleep = keepAwake();
  return () => {
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('pageshow', shown);
    window.removeEventListener('online', changed);
    window.removeEventListener('pagehide', leave);
    stay();
    letSleep();
  };
}

/** Of the Network Information API, which phones with Chromium have. */
interface NetworkInformation extends EventTarget {
  type?: string;
}

/** From Wi-Fi to the mobile network and back; `online` only tells of the end of having none. */
function followNetwork(changed: () => void): () => void {
  const { connection } = navigator as { connection?: NetworkInformation };
  let type = connection?.type;
  const follow = () => {
    const before = type;
    type = connection?.type;
    if (type !== before && type !== 'none') changed();
  };
  connection?.addEventListener('change', follow);
  return () => connection?.removeEventListener('change', follow);
}

/** The lock is lost whenever the page is hidden, so it is asked for again on each return. */
function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async () => {
    if (over || document.visibilityState !== 'visible') return;
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
  };
  void ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', ask);
    void lock?.release();
  };
}

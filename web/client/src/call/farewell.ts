// Gives up a place that was left while the server was out of reach. Otherwise the others would wait for
// somebody who does not come back.

import type { Timers } from './platform';
import type { ClientFrame, Join } from './protocol';
import { discard, parse, type SocketLike } from './socket';

export interface FarewellOptions {
  openSocket(): SocketLike;
  /** Brings the token of the place. */
  join: Join;
  /** Until then, by the timers' clock, the server keeps the place. */
  until: number;
  /** Whoever has come back meanwhile is not to be taken out again. */
  isBack(): boolean;
  timers: Timers;
}

/** Enough for a slow network's handshakes; a dead one swallows an attempt whole. */
const NEXT_ATTEMPT_MS = 3000;

export function sayFarewell(options: FarewellOptions): void {
  const { timers } = options;
  if (options.isBack() || timers.now() >= options.until) return;
  const socket = options.openSocket();
  const say = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
  const cancel = timers.after(NEXT_ATTEMPT_MS, () => {
    discard(socket);
    sayFarewell(options);
  });
  socket.onopen = () => {
    if (!options.isBack()) return say({ type: 'join', ...options.join });
    cancel();
    discard(socket);
  };
  // A refusal says that there is no such place: nothing is left to be given up.
  socket.onmessage = ({ data }) => {
    cancel();
    if (parse(data)?.type === 'joined') say({ type: 'leave' });
    discard(socket);
  };
}

// Still pictures over HTTP, in the name of a seat.

import { realTimers, type Timers } from '../platform';
import type { CallId, ParticipantId } from '../protocol';

export interface StillsClientOptions {
  base?: string;
  fetch?: typeof fetch;
  timers?: Timers;
}

/** How a transfer went. */
export interface Passed {
  bytes: number;
  milliseconds: number;
}

export interface Seat {
  call: CallId;
  /** The token that `joined` brought. */
  token: string;
}

/** What takes longer shows the past, and keeps the network from the sound. */
const PATIENCE_MS = 12_000;

export class StillsClient {
  /** Nobody until the call is joined. */
  seat: Seat | null = null;
  private readonly base: string;
  private readonly fetch: typeof fetch;
  private readonly timers: Timers;

  constructor(options: StillsClientOptions = {}) {
    this.base = options.base ?? '/api/v1';
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.timers = options.timers ?? realTimers;
  }

  /** Rejects when it did not arrive. A refusal is an arrival, too: the network is fine. */
  async bring(of: ParticipantId, picture: Blob, stop: AbortController): Promise<Passed> {
    const { milliseconds } = await this.send(of, stop, {
      method: 'PUT',
      headers: { 'Content-Type': picture.type },
      body: picture,
    });
    return { bytes: picture.size, milliseconds };
  }

  /** Null when there is none. */
  async look(
    of: ParticipantId,
    stop: AbortController,
  ): Promise<(Passed & { picture: Blob }) | null> {
    const { response, begun } = await this.send(of, stop, {});
    if (!response.ok) return null;
    const picture = await response.blob();
    return { picture, bytes: picture.size, milliseconds: this.timers.now() - begun };
  }

  private async send(of: ParticipantId, stop: AbortController, init: RequestInit) {
    if (!this.seat) throw new Error('not in a call');
    const { call, token } = this.seat;
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Seat ${token}`);
    const begun = this.timers.now();
    // Also of what is still on its way when the answer has begun.
    this.timers.after(PATIENCE_MS, () => stop.abort());
    const path = `${this.base}/calls/${call}/stills/${of}`;
    const response = await this.fetch(path, { ...init, headers, signal: stop.signal });
    return { response, begun, milliseconds: this.timers.now() - begun };
  }
}

/** Bits per second, at the least: the way there and back is in it. */
export function speed({ bytes, milliseconds }: Passed): number {
  return (bytes * 8 * 1000) / Math.max(1, milliseconds);
}

// Fetches the still pictures of those whose video does not arrive: one at a time, and with as long a
// pause after each as it took, since the sound is on the same narrow way.

import { realTimers, type Timers } from '../platform';
import type { ParticipantId } from '../protocol';
import { writable, type Readable } from '../store';
import { speed, type StillsClient } from './client';
import { bytesFor } from './shape';

/** A picture in the place of a video. */
export interface ShownStill {
  /** Of the picture's bytes; null until the first is there. */
  url: string | null;
  /** On this page's clock, in milliseconds since the Unix epoch. */
  takenAt: number;
}

export interface SeeingOptions {
  client: StillsClient;
  /** One came, at so many bits per second. */
  onPassed(bitsPerSecond: number): void;
  timers?: Timers;
  /** Names bytes for an image, and takes the name back. */
  urls?: { createObjectURL(blob: Blob): string; revokeObjectURL(url: string): void };
  wallClock?: () => number;
}

const LONGEST_PAUSE_MS = 3000;

export class Seeing {
  /** By whom they are of: all who lack, whether or not a still has come. */
  readonly shown: Readable<ReadonlyMap<ParticipantId, ShownStill>>;
  /** What the network brings of one; null until it was measured. */
  mostBytes: number | null = null;
  private readonly store = writable<ReadonlyMap<ParticipantId, ShownStill>>(new Map());
  /** Of which there is a newer one, and when that was taken. */
  private readonly news = new Map<ParticipantId, number>();
  private readonly timers: Timers;
  private readonly urls;
  private readonly wallClock: () => number;
  private stop: AbortController | null = null;
  private running = false;

  constructor(private readonly options: SeeingOptions) {
    this.shown = this.store;
    this.timers = options.timers ?? realTimers;
    this.urls = options.urls ?? URL;
    this.wallClock = options.wallClock ?? Date.now;
  }

  /** Whose video does not arrive now. */
  lack(lacking: readonly ParticipantId[]): void {
    const before = this.store.get();
    const isSame = before.size === lacking.length && lacking.every((id) => before.has(id));
    if (isSame) return;
    for (const id of before.keys()) if (!lacking.includes(id)) this.forget(id);
    const nothing = (): ShownStill => ({ url: null, takenAt: this.wallClock() });
    this.store.set(new Map(lacking.map((id) => [id, before.get(id) ?? nothing()])));
    if (lacking.length === 0) this.stop?.abort();
    else void this.run();
  }

  /** The server has a new one. Whoever is not known to lack may be so in a moment. */
  announced(of: ParticipantId, ageMs: number): void {
    this.news.set(of, this.wallClock() - ageMs);
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let next = this.next(); next; next = this.next()) {
      const [of, takenAt] = next;
      this.news.delete(of);
      const begun = this.timers.now();
      await this.fetch(of, takenAt).catch(() => this.slowDown());
      const took = this.timers.now() - begun;
      await new Promise<void>((done) => this.timers.after(Math.min(LONGEST_PAUSE_MS, took), done));
    }
    this.running = false;
  }

  /** Whoever was shown the longest ago, or never. */
  private next(): [ParticipantId, number] | undefined {
    const shown = (id: ParticipantId) => {
      const still = this.store.get().get(id);
      return still?.url ? still.takenAt : 0;
    };
    const lacking = [...this.news].filter(([id]) => this.store.get().has(id));
    return lacking.sort(([one], [other]) => shown(one) - shown(other))[0];
  }

  private async fetch(of: ParticipantId, takenAt: number): Promise<void> {
    const stop = (this.stop = new AbortController());
    const seen = await this.options.client.look(of, stop);
    if (!seen) return;
    this.mostBytes = bytesFor(speed(seen));
    this.options.onPassed(speed(seen));
    const before = this.store.get().get(of);
    if (!before) return;
    const url = this.urls.createObjectURL(seen.picture);
    this.store.update((shown) => new Map(shown).set(of, { url, takenAt }));
    if (before.url) this.urls.revokeObjectURL(before.url);
  }

  private slowDown(): void {
    if (this.store.get().size > 0) this.mostBytes = bytesFor(0);
  }

  private forget(of: ParticipantId): void {
    this.news.delete(of);
    const url = this.store.get().get(of)?.url;
    if (url) this.urls.revokeObjectURL(url);
  }
}

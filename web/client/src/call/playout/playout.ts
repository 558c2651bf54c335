// Keeps the pictures of a call back for as long as repairs take, each by itself. Browsers play the sound
// that belongs to a picture in step with it.

import { realTimers, type Timers } from '../platform';
import { type Entry, framesOf, roundTripOf } from '../statistics/entries';
import { PlayoutDelay } from './delay';

export class Playout {
  private delays = new Map<string, PlayoutDelay>();

  /** `apply` takes the identifier of a received track, and milliseconds. */
  constructor(
    private readonly apply: (track: string, ms: number) => void,
    private readonly timers: Pick<Timers, 'now'> = realTimers,
  ) {}

  look(entries: readonly Entry[]): void {
    const roundTrip = roundTripOf(entries) ?? 0;
    const pictures = framesOf(entries);
    for (const [track, seen] of pictures) {
      const delay = this.delays.get(track) ?? new PlayoutDelay();
      this.delays.set(track, delay);
      const before = delay.ms;
      delay.look(this.timers.now(), seen, roundTrip);
      if (delay.ms !== before) this.apply(track, delay.ms);
    }
    // Those of a transport that was given up.
    this.delays = new Map([...this.delays].filter(([track]) => pictures.has(track)));
  }
}

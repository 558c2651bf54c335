// Whether this page's own network carries video from the server: when none arrives at all, and what
// is sent gets lost, the server is asked for none, so that the sound and still pictures have the way
// for themselves. Which of several pictures fit is for the server to say. Pure.

import { WayWatch, type Way } from './way';

export interface Downlink {
  /** In milliseconds. */
  at: number;
  /** Packets of all that is received, so far. */
  received: number;
  lost: number;
  /** In milliseconds; null while it is not known. */
  roundTrip: number | null;
  /** How many cameras lack that are fit to arrive, as far as their owners' networks go; and how many
      arrive. */
  lacking: number;
  flowing: number;
}

/** Less than this is made up for by sending again, and is no reason to do without video: some radio
    links lose a tenth of everything. */
const LOSS = 0.15;
const LONG_TRIP_MS = 800;
/** Packets per second: too few to say anything. */
const FEW = 10;
/** Strain counts for so long. */
const MEMORY_MS = 3000;
/** That they lack was told only after a while. */
const PATIENCE = { badMs: 0, hopelessMs: 0, goodMs: 0 };

export class DownlinkWatch {
  private readonly watch = new WayWatch(PATIENCE);
  private last: Downlink | null = null;
  /** Since it was seen last that packets get lost, or take too long. */
  private strainedAt = -Infinity;

  measure(now: Downlink): Way {
    const { at, lacking, flowing } = now;
    if (isStrained(this.last, now)) this.strainedAt = at;
    this.last = now;
    const strained = at - this.strainedAt < MEMORY_MS;
    const bad = lacking > 0 && flowing === 0 && strained;
    return this.watch.look({ at, bad, hopeless: bad, good: flowing > 0 || lacking === 0 });
  }

  /** The way is not as it usually is: nothing follows from this measurement. */
  pass(now: Downlink): Way {
    [this.last, this.strainedAt] = [now, -Infinity];
    return this.watch.way;
  }

  /** Whether much of what was sent since the last measurement got lost, on whoever's way. */
  isLossy(now: Packets): boolean {
    return this.last !== null && isLossy(this.last, now);
  }

  passed(bitsPerSecond: number): void {
    this.watch.passed(bitsPerSecond);
  }

  forget(): void {
    this.last = null;
    this.strainedAt = -Infinity;
    this.watch.forget();
  }
}

function isStrained(before: Downlink | null, now: Downlink): boolean {
  if (now.roundTrip !== null && now.roundTrip >= LONG_TRIP_MS) return true;
  return before !== null && isLossy(before, now);
}

type Packets = Pick<Downlink, 'received' | 'lost'>;

function isLossy(before: Packets, now: Packets): boolean {
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.received - before.received);
  return all >= FEW && lost / all > LOSS;
}

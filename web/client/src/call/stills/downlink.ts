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
/** Of fewer packets a share says nothing. */
const FEW = 30;
/** So many of the last measurements are put together until there are enough. */
const MOST_TOGETHER = 3;
/** Strain counts for so long. */
const MEMORY_MS = 3000;
/** The server gives up what does not fit within a few seconds, and knows better. */
const PATIENCE = { badMs: 6000, hopelessMs: 6000, goodMs: 0 };

export class DownlinkWatch {
  private readonly watch = new WayWatch(PATIENCE);
  /** The last ones, the newest first. */
  private last: Downlink[] = [];
  /** Since it was seen last that packets get lost, or take too long. */
  private strainedAt = -Infinity;

  measure(now: Downlink): Way {
    const { at, lacking, flowing } = now;
    if (isStrained(this.last, now)) this.strainedAt = at;
    this.last = [now, ...this.last].slice(0, MOST_TOGETHER);
    const strained = at - this.strainedAt < MEMORY_MS;
    const bad = lacking > 0 && flowing === 0 && strained;
    return this.watch.look({ at, bad, hopeless: bad, good: flowing > 0 || lacking === 0 });
  }

  /** The way is not as it usually is: nothing follows from this measurement. */
  pass(now: Downlink): Way {
    [this.last, this.strainedAt] = [[now], -Infinity];
    return this.watch.way;
  }

  /** Whether much of what was sent lately got lost, on whoever's way. */
  isLossy(now: Packets): boolean {
    return isLossy(this.last, now);
  }

  passed(bitsPerSecond: number): void {
    this.watch.passed(bitsPerSecond);
  }

  forget(): void {
    this.last = [];
    this.strainedAt = -Infinity;
    this.watch.forget();
  }
}

function isStrained(before: readonly Packets[], now: Downlink): boolean {
  if (now.roundTrip !== null && now.roundTrip >= LONG_TRIP_MS) return true;
  return isLossy(before, now);
}

type Packets = Pick<Downlink, 'received' | 'lost'>;

function isLossy(before: readonly Packets[], now: Packets): boolean {
  const known = ({ received, lost }: Packets) => received + lost;
  const since = before.find((one) => known(now) - known(one) >= FEW);
  return since !== undefined && (now.lost - since.lost) / (known(now) - known(since)) > LOSS;
}

// Whether this page's own network carries video to the server. Pure.

import { WayWatch, type Way } from './way';

export interface Uplink {
  /** In milliseconds. */
  at: number;
  /** Of the camera, sent so far. */
  framesSent: number;
  /** Of everything, so far; null where the browser does not say. */
  bytesSent: number | null;
  /** What the browser takes the way to carry, in bits per second; null where it does not say. */
  estimate: number | null;
  /** Of what was sent lately, as the server tells. */
  loss: number;
  /** In milliseconds; null while it is not known. */
  roundTrip: number | null;
  /** This device is short of processor: it sends few frames, and thinks little of its network, for that
      alone. */
  busy: boolean;
  /** The camera is on, and somebody needs its video. */
  asked: boolean;
  /** Somebody has said that it does not arrive. */
  lacking: boolean;
}

/** The sound, and about as much again: below, every frame is one too many. */
const LEAST_BPS = 100_000;
/** To be taken for good again it has to be clearly better. */
const ENOUGH_BPS = 140_000;
/** Here the sound need not be spared any more, nor where nothing was strained for so long: without video
    the estimate may stay low for good. */
const PLENTY_BPS = 300_000;
const CALM_MS = 20_000;
const STALLED_FPS = 1;
const FLOWING_FPS = 4;
/** As long as that nobody can talk any more. */
const LONG_TRIP_MS = 800;
/** Where the browser's own estimate is not to be trusted, these speak for a narrow way. */
const STRAINED = { loss: 0.05, tripMs: 300 };
/** With round trips longer than the shortest by so much, what is sent queues: the way takes no more. */
const QUEUE_MS = 300;
const PATIENCE = { badMs: 4000, hopelessMs: 1500, goodMs: 3000 };

export class UplinkWatch {
  private readonly watch = new WayWatch(PATIENCE);
  private last: Uplink | null = null;
  /** The way carries hardly more than the sound, or did a moment ago: what there is to spare of that
      helps at once, before video is given up, and costs little where it was a mistake. */
  isTight = false;
  private strainedAt = 0;
  private shortestTrip = Infinity;

  measure(seen: Uplink): Way {
    const now = { ...seen, estimate: seen.estimate ?? this.queuing(seen) };
    const rate = rateOf(this.last, now);
    this.last = now;
    if (rate === null) return this.watch.way;
    const { at, estimate, roundTrip, asked, lacking } = now;
    const isBelieved = !now.busy || isStrained(now);
    const narrow = isBelieved && estimate !== null && estimate < LEAST_BPS;
    this.judgeRoom(now, narrow);
    const wide = estimate === null || estimate >= ENOUGH_BPS;
    return this.watch.look({
      at,
      bad: asked && isBelieved && (narrow || rate < STALLED_FPS),
      hopeless: narrow && (lacking || (roundTrip !== null && roundTrip >= LONG_TRIP_MS)),
      // Who is not asked for video has nothing to try.
      good: !asked || ((wide || !isBelieved) && rate >= FLOWING_FPS),
    });
  }

  /** The way is not as it usually is: nothing follows from this measurement. */
  pass(now: Uplink): Way {
    this.last = now;
    return this.watch.way;
  }

  /** Bits per second that got through while there was a queue: what the way carries. Else null. */
  private queuing({ at, bytesSent, roundTrip, loss }: Uplink): number | null {
    if (roundTrip === null) return null;
    this.shortestTrip = Math.min(this.shortestTrip, roundTrip);
    const seconds = this.last ? (at - this.last.at) / 1000 : 0;
    const bytes = (bytesSent ?? NaN) - (this.last?.bytesSent ?? NaN);
    const isQueuing = roundTrip - this.shortestTrip >= QUEUE_MS;
    // Another way counts from nothing.
    if (!isQueuing || seconds <= 0 || !(bytes >= 0)) return null;
    return ((bytes * 8) / seconds) * (1 - loss);
  }

  private judgeRoom(now: Uplink, narrow: boolean): void {
    const { at, estimate, asked } = now;
    const strained = isStrained(now);
    const begins = narrow && (asked || strained) && !this.isTight;
    if (strained || begins) this.strainedAt = at;
    const isRoomy = estimate === null || estimate >= PLENTY_BPS || at - this.strainedAt >= CALM_MS;
    this.isTight = begins || (this.isTight && !isRoomy);
  }

  /** A still picture went through at this many bits per second. */
  passed(bitsPerSecond: number): void {
    this.watch.passed(bitsPerSecond);
  }

  forget(): void {
    [this.last, this.isTight, this.shortestTrip] = [null, false, Infinity];
    this.watch.forget();
  }
}

function isStrained({ loss, roundTrip }: Uplink): boolean {
  return loss >= STRAINED.loss || (roundTrip !== null && roundTrip >= STRAINED.tripMs);
}

/** Frames per second. A rebuilt sender counts from nothing. */
function rateOf(before: Uplink | null, now: Uplink): number | null {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  if (!before || seconds <= 0) return null;
  const frames = now.framesSent - before.framesSent;
  return (frames >= 0 ? frames : now.framesSent) / seconds;
}

// Whether a way carries video. When it does not, video is given up for the sake of the sound, and
// tried again from time to time: soon after pictures went through quickly, else ever more seldom.
// Pure: what is seen goes in about once a second, a decision comes out.

/** `trying`: video is let through again, while still pictures are shown yet. */
export type Way = 'video' | 'stills' | 'trying';

/** What is seen of a way, at an instant in milliseconds. */
export interface Seen {
  at: number;
  /** Video does not get through. */
  bad: boolean;
  /** And the sound suffers from the attempt. */
  hopeless: boolean;
  /** Video gets through, with something to spare. */
  good: boolean;
}

export interface Patience {
  /** For how long it has to be bad; hopeless. */
  badMs: number;
  hopelessMs: number;
  /** For how long a trial has to be good. */
  goodMs: number;
}

/** A trial ends after so long; a hopeless one sooner, but not before it could begin. */
const TRIAL_MS = 10_000;
const HOPELESS_TRIAL_MS = 4000;
/** Between trials. */
const FIRST_REST_MS = 20_000;
const LONGEST_REST_MS = 120_000;
/** While pictures go through, but slowly, there is no hurry. */
const SLOW_REST_MS = 60_000;
/** What was good for less long than this was a mistake. */
const TOO_SOON_MS = 30_000;
/** A picture that goes through as quickly as this says that video would; two of these say so. */
const VERY_QUICK_BPS = 1_000_000;
const QUICK_BPS = 250_000;
const LEAST_REST_MS = 3000;

export class WayWatch {
  way: Way = 'video';
  private since = 0;
  private turnedBad: number | null = null;
  private turnedHopeless: number | null = null;
  private turnedGood: number | null = null;
  private rest = FIRST_REST_MS;
  private quick = 0;

  constructor(private readonly patience: Patience) {}

  look({ at, bad, hopeless, good }: Seen): Way {
    this.turnedBad = bad ? (this.turnedBad ?? at) : null;
    this.turnedHopeless = bad && hopeless ? (this.turnedHopeless ?? at) : null;
    this.turnedGood = good ? (this.turnedGood ?? at) : null;
    const [badFor, hopelessFor, goodFor] = [
      lasted(this.turnedBad, at),
      lasted(this.turnedHopeless, at),
      lasted(this.turnedGood, at),
    ];
    const so = at - this.since;
    const { badMs, hopelessMs, goodMs } = this.patience;
    if (this.way === 'video' && (badFor >= badMs || hopelessFor >= hopelessMs)) this.giveUp(at);
    else if (this.way === 'stills' && (so >= this.rest || this.isQuick(so))) this.go('trying', at);
    else if (this.way === 'trying' && goodFor >= goodMs) this.go('video', at);
    else if (this.way === 'trying' && this.hasFailed(so, hopelessFor)) this.giveUp(at);
    return this.way;
  }

  /** A still picture went through at this many bits per second. */
  passed(bitsPerSecond: number): void {
    if (bitsPerSecond >= VERY_QUICK_BPS) this.quick += 2;
    else if (bitsPerSecond >= QUICK_BPS) this.quick += 1;
    else this.slow();
  }

  /** Another network: what was learnt of the former says nothing, and video may be tried. */
  forget(): void {
    [this.turnedBad, this.turnedHopeless, this.turnedGood] = [null, null, null];
    this.rest = FIRST_REST_MS;
    this.quick = 2;
  }

  private slow(): void {
    this.quick = 0;
    this.rest = Math.max(this.rest, SLOW_REST_MS);
  }

  private isQuick(rested: number): boolean {
    return this.quick >= 2 && rested >= LEAST_REST_MS;
  }

  private hasFailed(tried: number, hopelessFor: number): boolean {
    return tried >= TRIAL_MS || (tried >= HOPELESS_TRIAL_MS && hopelessFor >= 2000);
  }

  private giveUp(at: number): void {
    const wasMistaken = this.way === 'trying' || (this.since > 0 && at - this.since < TOO_SOON_MS);
    this.rest = wasMistaken ? Math.min(LONGEST_REST_MS, this.rest * 2) : FIRST_REST_MS;
    this.go('stills', at);
  }

  private go(way: Way, at: number): void {
    [this.way, this.since, this.quick] = [way, at, 0];
    [this.turnedBad, this.turnedHopeless, this.turnedGood] = [null, null, null];
  }
}

/** For how long something has been so; less than nothing while it is not. */
function lasted(since: number | null, at: number): number {
  return since === null ? -1 : at - since;
}

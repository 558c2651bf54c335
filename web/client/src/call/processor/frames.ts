// How many frames a device has no time for, of those that came whole. Pure.

/** Of all pictures together, so far. */
export interface Received {
  arrived: number;
  decoded: number;
  /** Decoded too late to be shown, or given up before. */
  dropped: number;
}

/** Fewer say nothing. */
const FEW = 5;

export class MissedFrames {
  private before: Received | null = null;

  /** The share that was missed since the last time, from 0 to 1. */
  measure(now: Received): number {
    const { before } = this;
    this.before = now;
    if (!before) return 0;
    const since = (member: keyof Received) => now[member] - before[member];
    const arrived = since('arrived');
    if (arrived < FEW) return 0;
    const missed = Math.max(arrived - since('decoded'), since('dropped')) / arrived;
    return Math.min(1, Math.max(0, missed));
  }
}

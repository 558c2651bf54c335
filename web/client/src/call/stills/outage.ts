// Whether the network was gone a moment ago. What got lost meanwhile, and what the browser believes of
// the way right after, say nothing of whether it carries video. Pure.

/** A server that is sent to, or sends, is heard several times a second. */
const GONE_MS = 2000;
/** So long after, losses are counted and estimates are found again. */
const UNSETTLED_MS = 5000;

export class Outage {
  private bytes: number | null = null;
  private heardAt: number | null = null;
  private endsAt = -Infinity;

  /** `bytes`: received so far, of anything; null where that is not known. */
  isOver(at: number, bytes: number | null): boolean {
    const isFirst = this.bytes === null;
    // Each way counts for itself: less than before is another one, on which nothing came yet.
    if (isFirst || (bytes ?? 0) > (this.bytes ?? 0)) this.heardAt = at;
    this.bytes = bytes ?? this.bytes;
    if (at - (this.heardAt ?? at) >= GONE_MS) this.endsAt = at + UNSETTLED_MS;
    return at >= this.endsAt;
  }
}

// How long a picture is kept back before it is shown, where packets get lost on the way and are sent
// again. Pure.
//
// Browsers show a frame as soon as it is there. They wait longer for what they asked for themselves, but
// know nothing of the way from the sender to the server: what was lost there comes late as well, and by
// then the frames after it were shown, or the late ones have to be skipped.

/** Of a picture, so far. */
export interface Repaired {
  /** How often packets were asked for again. */
  asked: number;
  decoded: number;
  /** Came too late, or not at all. */
  dropped: number;
}

const WINDOW_MS = 4000;
/** Of so many frames a packet has to be asked for: it is not for chance, nor for a change of route. */
const ASKED = 0.02;
/** A hole is seen with the next frame, asked for on a round trip, and some of what is sent again gets
    lost as well. */
const FIRST_MS = 200;
const LEAST_MS = 100;
/** More would be in the way of talking (ITU-T G.114). */
const MOST_MS = 300;
/** By so much longer where frames are missed, and less where none is. */
const UP_MS = 50;
const DOWN_MS = 10;
const MISSED = 0.03;
/** Nothing had to be asked for. */
const QUIET_MS = 20_000;

export class PlayoutDelay {
  ms = 0;
  private from: (Repaired & { at: number }) | null = null;
  private askedAt = -Infinity;

  /** `at` and `roundTrip`, that to the server, in milliseconds. */
  look(at: number, now: Repaired, roundTrip: number): void {
    const { from } = this;
    if (from && at - from.at < WINDOW_MS) return;
    this.from = { at, ...now };
    if (!from || now.decoded < from.decoded) return;
    const [asked, decoded, dropped] = (['asked', 'decoded', 'dropped'] as const).map(
      (member) => now[member] - from[member],
    ) as [number, number, number];
    if (asked > 0) this.askedAt = at;
    this.ms = this.next({ at, roundTrip, decoded, asked, dropped });
  }

  private next({ at, roundTrip, ...since }: Repaired & { at: number; roundTrip: number }): number {
    if (this.ms === 0) {
      const isLossy = since.asked > 0 && since.asked >= ASKED * since.decoded;
      return isLossy ? Math.min(MOST_MS, FIRST_MS + roundTrip) : 0;
    }
    if (at - this.askedAt >= QUIET_MS) return 0;
    const missed = since.dropped / Math.max(1, since.decoded + since.dropped);
    if (since.asked > 0 && missed >= MISSED) return Math.min(MOST_MS, this.ms + UP_MS);
    return since.dropped === 0 ? Math.max(LEAST_MS, this.ms - DOWN_MS) : this.ms;
  }
}

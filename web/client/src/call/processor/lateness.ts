// Whether a device is short of processor, by how late its timers come. Every browser has those, and a
// page that is not served in time cannot decode or encode in time either. Pure.

/** Long enough that one heavy piece of work is no shortage. */
const WINDOW_MS = 5000;
/** One that hung for a second was late once. */
const MOST_MS = 250;
/** On average, in milliseconds. A device with time to spare stays under 10. */
const SHORT = 30;
const EASY = 12;

export class Lateness {
  isShort = false;
  private last: { at: number; late: number }[] = [];

  /** A timer came at `at`, by so much too late; both in milliseconds. */
  note(at: number, late: number): void {
    this.last = this.last.filter((one) => at - one.at < WINDOW_MS);
    this.last.push({ at, late: Math.min(MOST_MS, Math.max(0, late)) });
    const average = this.last.reduce((sum, one) => sum + one.late, 0) / this.last.length;
    const isKnown = at - this.last[0]!.at >= WINDOW_MS / 2;
    this.isShort = isKnown && average > (this.isShort ? EASY : SHORT);
  }

  /** Nothing follows from what was. */
  forget(): void {
    [this.last, this.isShort] = [[], false];
  }
}

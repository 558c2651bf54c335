// Round trips as the network makes them: where the device itself answers late, the least of the last
// ones says more than the last. Pure.

const LAST = 5;

export class Trips {
  private last: number[] = [];

  /** In milliseconds, about once a second; null while it is not known. */
  note(trip: number | null, busy: boolean): number | null {
    if (trip === null) return null;
    this.last = [...this.last, trip].slice(-LAST);
    return busy ? Math.min(...this.last) : trip;
  }
}

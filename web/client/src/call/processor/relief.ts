// How much a page does without while its device is short of processor: one step more after a while of
// shortage, one less after a longer while without. Pure.

/** 0: nothing. 1: fewer frames, and the smaller tiles coarser. 2: fewer and coarser still. */
export type Relief = 0 | 1 | 2;

const MOST: Relief = 2;
/** What the last step brought shows after so long. */
const SETTLING_MS = 8000;
const FIRST_PATIENCE_MS = 30_000;
/** What was taken back too soon is next taken back after twice the time. */
const LONGEST_PATIENCE_MS = 300_000;
const TOO_SOON_MS = 60_000;

export class ReliefWatch {
  relief: Relief = 0;
  private changedAt = -Infinity;
  private easedAt = -Infinity;
  private easySince: number | null = null;
  private patience = FIRST_PATIENCE_MS;

  /** At an instant in milliseconds. */
  look(at: number, isShort: boolean): Relief {
    this.easySince = isShort ? null : (this.easySince ?? at);
    const easyFor = this.easySince === null ? 0 : at - this.easySince;
    if (isShort && this.relief < MOST && at - this.changedAt >= SETTLING_MS) {
      const wasTooSoon = at - this.easedAt < TOO_SOON_MS;
      this.patience = wasTooSoon
        ? Math.min(LONGEST_PATIENCE_MS, this.patience * 2)
        : FIRST_PATIENCE_MS;
      this.go(1, at);
    } else if (this.relief > 0 && easyFor >= this.patience) {
      this.easedAt = at;
      this.go(-1, at);
    }
    return this.relief;
  }

  private go(step: 1 | -1, at: number): void {
    this.relief = (this.relief + step) as Relief;
    this.changedAt = at;
    this.easySince = null;
  }
}

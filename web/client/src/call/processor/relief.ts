// How much a page does without while its device is short of processor: one step more after a while of
// shortage, one less after a longer while without. Pure.

/** 0: nothing. 1: fewer frames, and the smaller tiles coarser. 2: fewer and coarser still. */
export type Relief = 0 | 1 | 2;

const MOST: Relief = 2;
/** A shortage has to last for so long, also after a step: a call's beginning is one on any device. */
const LASTING_MS = 8000;
const FIRST_PATIENCE_MS = 30_000;
/** What was taken back too soon is next taken back after twice the time. */
const LONGEST_PATIENCE_MS = 300_000;
const TOO_SOON_MS = 60_000;

export class ReliefWatch {
  relief: Relief = 0;
  private shortSince: number | null = null;
  private easedAt = -Infinity;
  private easySince: number | null = null;
  private patience = FIRST_PATIENCE_MS;

  /** At an instant in milliseconds. */
  look(at: number, isShort: boolean): Relief {
    this.easySince = isShort ? null : (this.easySince ?? at);
    this.shortSince = isShort ? (this.shortSince ?? at) : null;
    const easyFor = at - (this.easySince ?? at);
    const shortFor = at - (this.shortSince ?? at);
    if (this.relief < MOST && shortFor >= LASTING_MS) {
      const wasTooSoon = at - this.easedAt < TOO_SOON_MS;
      this.patience = wasTooSoon
        ? Math.min(LONGEST_PATIENCE_MS, this.patience * 2)
        : FIRST_PATIENCE_MS;
      this.go(1);
    } else if (this.relief > 0 && easyFor >= this.patience) {
      this.easedAt = at;
      this.go(-1);
    }
    return this.relief;
  }

  private go(step: 1 | -1): void {
    this.relief = (this.relief + step) as Relief;
    [this.easySince, this.shortSince] = [null, null];
  }
}

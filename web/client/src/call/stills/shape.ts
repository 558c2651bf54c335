// How large and how coarse a still picture is made: as good as goes through in about a second.
// Pure, but for the encoder that is handed in.

export interface Shape {
  /** Of the longer side, in pixels. */
  side: number;
  /** As encoders take it, 0 to 1. */
  quality: number;
}

/** From the best on. Below the last a face is no face. */
export const SHAPES: readonly Shape[] = [
  { side: 640, quality: 0.65 },
  { side: 640, quality: 0.45 },
  { side: 640, quality: 0.3 },
  { side: 480, quality: 0.35 },
  { side: 400, quality: 0.3 },
  { side: 320, quality: 0.3 },
  { side: 240, quality: 0.3 },
];

/** Longer, and the sound would have to wait for it. */
const TRANSFER_S = 1;
const MOST_BYTES = 30_000;
const FEWEST_BYTES = 4_000;
/** A network that was not measured yet: enough to know a face by. */
const FIRST_BYTES = 5_000;
/** With so much to spare the next may be better. */
const ROOMY = 0.55;

/** What this network brings in about a second. */
export function bytesFor(bitsPerSecond: number | null): number {
  if (bitsPerSecond === null) return FIRST_BYTES;
  const bytes = (bitsPerSecond / 8) * TRANSFER_S;
  return Math.round(Math.max(FEWEST_BYTES, Math.min(MOST_BYTES, bytes)));
}

/** Finds the shape that fits, from the one that did the last time. */
export class Shaping {
  private at = 2;

  /** The first that is small enough, or the smallest. */
  async fit(most: number, encode: (shape: Shape) => Promise<Blob>): Promise<Blob> {
    for (;;) {
      const blob = await encode(SHAPES[this.at]!);
      if (blob.size > most && this.at < SHAPES.length - 1) {
        this.at += 1;
        continue;
      }
      if (blob.size < most * ROOMY && this.at > 0) this.at -= 1;
      return blob;
    }
  }
}

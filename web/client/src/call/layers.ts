// How the camera is sent: in up to three sizes at once (simulcast), of which only those are encoded
// that somebody needs. Pure: numbers in, encodings out.

import type { Relief } from './processor/relief';
import type { Publish } from './protocol';

export interface Source {
  /** Of the camera's picture, in pixels. */
  width: number;
  height: number;
}

export interface Sending {
  publish: Publish;
  /** In the waiting room: enough to keep the path measured, little enough for a phone's contract. */
  sparing: boolean;
  /** Layers that are sent beside those that are needed, which the network may not carry. */
  stopgaps?: readonly boolean[];
  /** What the device does without for want of processor. */
  relief?: Relief;
}

/** What a browser takes as an encoding's parameters. */
export interface Encoding {
  active: boolean;
  scaleResolutionDownBy: number;
  maxBitrate: number;
  maxFramerate: number;
}

/** Nobody has said yet what is needed: the smallest, so that there is something to begin with. */
export const NOTHING_TOLD: Publish = { video: [true], screen: true, subject: false };

/** The camera runs at its full size for snapshots; the call itself is sent at this many lines. */
const LINES = 720;
/** The picture that the call is about gets as many as the camera has, up to these. */
const SUBJECT_LINES = 1080;
/** Below this a face is no face. */
const LEAST_LINES = 180;
/** Browsers drop the uppermost layers of pictures with fewer pixels than these. */
const PIXELS_FOR = { three: 960 * 540, two: 480 * 270 };
/** Frames per second. A device that is short of processor sends fewer, as sharp as before: it is skin
    that is looked at, not motion. */
const MAX_FRAMERATE: Record<Relief, number> = { 0: 30, 1: 15, 2: 8 };
const SPARING = { maxBitrate: 150_000, maxFramerate: 8 };
const RIDS = ['l', 'm', 'h'];

/** Bits per second that a picture of so many lines is worth. */
const WORTH: readonly (readonly [lines: number, bitrate: number])[] = [
  [200, 150_000],
  [300, 300_000],
  [400, 600_000],
  [560, 1_200_000],
  [720, 2_500_000],
];
const WORTH_AT_MOST = 4_500_000;
/** With less than this share of it a smaller picture is the better one; of the picture that the call
    is about it is not before it hardly moves any more. */
const LEAST_SHARE = { subject: 0.12, others: 0.4 };
/** What was too little is enough again when there is so many times as much. */
const ENOUGH = 1.3;

/** The names of the layers, lowest first. None: a single layer needs no name. */
export function layerNames(source: Source | null, isWeak: boolean): string[] {
  const most = source ? layersOf(source) : 3;
  const count = Math.min(most, isWeak ? 2 : 3);
  if (count === 1) return [];
  return count === 2 ? [RIDS[0]!, RIDS[2]!] : RIDS;
}

/** The parameters of each of `count` layers, lowest first. */
export function encodings(source: Source | null, count: number, sending: Sending): Encoding[] {
  const { publish, sparing, stopgaps = [], relief = 0 } = sending;
  const { lines, top, usable, sizes } = shape(source, count, publish);
  return needs(publish.video, count, usable).map((isNeeded, layer) => {
    const size = sizes[layer] ?? top;
    return {
      active: sparing ? layer === 0 : isNeeded || stopgaps[layer] === true,
      scaleResolutionDownBy: lines === 0 ? 1 : Math.max(1, lines / size),
      maxBitrate: sparing ? SPARING.maxBitrate : worth(size),
      maxFramerate: sparing ? SPARING.maxFramerate : MAX_FRAMERATE[relief],
    };
  });
}

/**
 * The layers to send beside those that are needed, where the network carries so little that the
 * browser should choose: it sends the lowest first, and the others as soon as they fit. `bitrate`: what
 * the network carries, `before`: what this said last.
 */
export function stopgaps(
  source: Source | null,
  count: number,
  publish: Publish,
  bitrate: number,
  before: readonly boolean[],
): boolean[] {
  const { usable, sizes } = shape(source, count, publish);
  const sent = needs(publish.video, count, usable);
  const added = sent.map(() => false);
  const share = publish.subject ? LEAST_SHARE.subject : LEAST_SHARE.others;
  for (let layer = usable - 1; layer > 0; layer -= 1) {
    const least = worth(sizes[layer]!) * share * (before[layer - 1] ? ENOUGH : 1);
    if ((sent[layer] || added[layer]) && bitrate < least) added[layer - 1] = !sent[layer - 1];
  }
  return added;
}

/** Of the camera's lines those of the highest layer, how many layers it has, and the lines of each. */
function shape(source: Source | null, count: number, { subject }: Publish) {
  const lines = source ? Math.min(source.width, source.height) : 0;
  const top = lines === 0 ? LINES : Math.min(lines, subject ? SUBJECT_LINES : LINES);
  const usable = source ? Math.min(count, layersOf(source)) : count;
  return { lines, top, usable, sizes: ladder(top, usable) };
}

function layersOf({ width, height }: Source): number {
  const pixels = width * height;
  if (pixels >= PIXELS_FOR.three) return 3;
  return pixels >= PIXELS_FOR.two ? 2 : 1;
}

/** From a quarter of the lines to all of them, in equal steps: 180, 360, 720. */
function ladder(top: number, count: number): number[] {
  if (count === 1) return [top];
  const lowest = Math.min(top, Math.max(LEAST_LINES, top / (count === 2 ? 3 : 4)));
  const step = (top / lowest) ** (1 / (count - 1));
  return Array.from({ length: count }, (_, layer) => lowest * step ** layer);
}

/** A layer that this camera is too small for stands for the best that there is. */
function needs(told: readonly boolean[], count: number, usable: number): boolean[] {
  const needed = Array.from({ length: count }, (_, layer) => told[layer] === true);
  if (needed.slice(usable).includes(true)) needed[usable - 1] = true;
  return needed.map((need, layer) => need && layer < usable);
}

function worth(lines: number): number {
  return WORTH.find(([most]) => lines <= most)?.[1] ?? WORTH_AT_MOST;
}

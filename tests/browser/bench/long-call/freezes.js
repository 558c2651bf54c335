// Freezes of a picture, and whose they are. Pure: times in milliseconds go in, causes come out.

/** By how much later than usual a frame is a freeze (webrtc-stats, freezeCount). */
export const TOO_LATE_MS = 150;
const USUAL_OF = 30;
/**
 * When the layer that is sent stops at its sender while others go on: how long the server may take to see
 * that it does, and to get a key frame of another one, without which it can go over to none.
 */
const GOING_OVER_MS = 1000;
/** A frame leaves so soon after it came, at the latest. */
const PASSING_ON_MS = 50;

/**
 * The freezes of a picture: from a frame shown until the next, which came far later than usual.
 * @param {{at: number, timestamp: number}[]} shown
 */
export function freezes(shown) {
  const usual = [];
  return shown.slice(1).flatMap((next, n) => {
    const before = shown[n];
    const lasted = next.at - before.at;
    const mean = usual.reduce((sum, one) => sum + one, 0) / usual.length;
    const isFreeze = lasted >= Math.max(3 * mean, mean + TOO_LATE_MS);
    usual.push(lasted);
    if (usual.length > USUAL_OF) usual.shift();
    return isFreeze ? [{ before, next, lasted }] : [];
  });
}

/**
 * Whose freeze it is: of the pause that the viewer saw, the server's part is by what its own pause
 * exceeded that in what it got; if that alone would be a freeze, it is the server's.
 * @param {{before: {timestamp: number}, next: {timestamp: number}}} freeze
 * @param {Arrivals} arrived of the sender's camera at the server
 * @param {import('./wire.js').Stream} sent to this viewer
 * @returns {'server' | 'layer' | 'sender' | 'viewer'} a layer paused at its sender, and others went on
 */
export function cause({ before, next, lasted }, arrived, sent) {
  const [from, until] = [sent.frame(before.timestamp), sent.frame(next.timestamp)];
  // Shown though it was never sent: the wire was not listened to from the beginning.
  if (!from || !until) return 'viewer';
  const left = sent.frames.map(({ ended }) => ended);
  const pauseSent = longestPause(left, from.ended, until.ended);
  const pauseArrived = arrived.longestPause(from.ended, until.ended);
  const pauseOfLayer = arrived.longestPauseOfLayer(from.ended, until.ended);
  if (pauseSent - Math.max(pauseArrived, pauseOfLayer) >= TOO_LATE_MS) return 'server';
  if (pauseSent - pauseArrived >= TOO_LATE_MS) return 'layer';
  return pauseArrived >= lasted / 2 ? 'sender' : 'viewer';
}

/** The longest pause that the server made in what it sent beyond those in what it got, in ms. */
export function longestAdded(arrived, sent) {
  let longest = 0;
  for (let n = 1; n < sent.frames.length; n += 1) {
    const [from, until] = [sent.frames[n - 1].ended, sent.frames[n].ended];
    if (until - from <= longest) continue;
    const pauses = [arrived.longestPause(from, until), arrived.longestPauseOfLayer(from, until)];
    const added = until - from - Math.max(...pauses);
    longest = Math.max(longest, added);
  }
  return longest;
}

/** When frames of a camera were whole at the server, in ms. */
export class Arrivals {
  #layers;
  #all;

  /** @param {number[][]} layers of each layer, in order */
  constructor(layers) {
    this.#layers = layers;
    this.#all = layers.flat().sort((a, b) => a - b);
  }

  /** The longest time without any, between what was sent at `from` and what was at `until`. */
  longestPause(from, until) {
    return longestPause(this.#all, from - TOO_LATE_MS, until);
  }

  /**
   * That in what the server could send: the layer that was sent at `from`, and the others once it has paused for
   * so long that the server can have gone over to them.
   */
  longestPauseOfLayer(from, until) {
    // All layers come at about the same time; what was sent left right after its own came.
    const sent = this.#layers.reduce(
      (one, other) => (latest(other, from) > latest(one, from) ? other : one),
      [],
    );
    if (latest(sent, from) < from - PASSING_ON_MS) return 0;
    const since = from - TOO_LATE_MS;
    const own = between(sent, since, until);
    const others = between(this.#all, since, until).filter(
      (at) => at - latest(sent, at) >= GOING_OVER_MS,
    );
    return longestPause(
      [...own, ...others].sort((a, b) => a - b),
      since,
      until,
    );
  }
}

/** Those of `times` after the one moment and not after the other. */
function between(times, from, until) {
  return times.slice(firstAfter(times, from), firstAfter(times, until));
}

/** The latest of `times` until then. */
function latest(times, until) {
  return times[firstAfter(times, until) - 1] ?? -Infinity;
}

/** Between two of `times` that lie in this span, or between one of them and its ends. */
function longestPause(times, from, until) {
  let longest = 0;
  let last = from;
  for (let n = firstAfter(times, from); n < times.length && times[n] < until; n += 1) {
    longest = Math.max(longest, times[n] - last);
    last = times[n];
  }
  return Math.max(longest, until - last);
}

function firstAfter(times, moment) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}

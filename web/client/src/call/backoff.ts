// How long to wait before trying again. The ceiling is low: whoever lost the call must be back
// within three seconds of the network's return, so waiting long is never right here.

export interface BackoffRange {
  /** Milliseconds before the second attempt; the first one follows at once. */
  first: number;
  ceiling: number;
}

export const RECONNECT: BackoffRange = { first: 100, ceiling: 500 };
export const UPLOAD_RETRY: BackoffRange = { first: 250, ceiling: 4000 };

/** `random` in [0, 1) spreads clients over half of the interval, so a restarted server is not stormed. */
export function retryDelay(failures: number, range: BackoffRange, random: number): number {
  if (failures <= 0) return 0;
  const full = Math.min(range.ceiling, range.first * 2 ** (failures - 1));
  return full / 2 + (full / 2) * random;
}

/** An attempt that has not opened by then gets company. */
export const NEXT_ATTEMPT_MS = 1800;

// When the server gives up on a better picture. It tells of what arrives, not of what no longer does, so
// that who looks asks again.
import type { Snapshot } from '../../../api/types';

/** The server's patience, and a little for the way. */
const PATIENCE_MS = 10 * 60_000 + 5_000;

type Awaited = Pick<Snapshot, 'best_expected' | 'taken_at'>;

/** Milliseconds until it may be otherwise; null when nothing is awaited. */
export function askAgainIn(snapshots: readonly Awaited[], now: number): number | null {
  const waits = snapshots
    .filter(({ best_expected }) => best_expected)
    .map(({ taken_at }) => {
      const age = Math.max(0, now - Date.parse(taken_at));
      // What is on its way is awaited longer, and this device's clock may be fast.
      return PATIENCE_MS - (age % PATIENCE_MS);
    });
  return waits.length > 0 ? Math.min(...waits) : null;
}

// Marks with their words: done, or why not.
import { adviceFor } from '../../../api/problem';
import { noteSnapshot, reviewSnapshot } from '../../../api/snapshots';
import type { Snapshot } from '../../../api/types';
import { t } from '../../../i18n/staff';
import { toast } from '../../base/toasts.svelte';

/** New becomes reviewed, reviewed becomes new. */
export async function toggleReview(snapshot: Snapshot): Promise<boolean> {
  const next = snapshot.review.state === 'new' ? 'reviewed' : 'new';
  return told(() => reviewSnapshot(snapshot.id, next), t.snapshot[next]);
}

export async function saveNote(snapshot: Snapshot, note: string): Promise<boolean> {
  return told(() => noteSnapshot(snapshot.id, note), t.snapshot.noteSaved);
}

export async function told(action: () => Promise<unknown>, words: string): Promise<boolean> {
  try {
    await action();
    toast(words);
    return true;
  } catch (error) {
    toast(adviceFor(error), 'danger');
    return false;
  }
}

// Snapshots in the customer's file, and the review board.
import { get, patch, post, put } from './http';
import type { Page, Review, ReviewState, Snapshot } from './types';

type Filter = { customer_id?: string; pet_id?: string; appointment_id?: string };

const atMost = 1_000;

export async function listSnapshots(filter: Filter, signal?: AbortSignal): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...filter, cursor, limit: 100 };
    const page: Page<Snapshot> = await get('/snapshots', { query, signal });
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && found.length < atMost);
  return found;
}

export const noteSnapshot = (id: string, note: string) =>
  patch<Snapshot>(`/snapshots/${id}`, { note });

export const reviewSnapshot = (id: string, state: ReviewState) =>
  put<Snapshot>(`/snapshots/${id}/review`, { state });

export const reviewVisit = (appointment: string) =>
  post<unknown>(`/appointments/${appointment}/review`);

export const listReviews = (
  filter: { state: ReviewState; stylist_id?: string },
  cursor?: string | null,
  signal?: AbortSignal,
) => get<Page<Review>>('/reviews', { query: { ...filter, cursor, limit: 20 }, signal });

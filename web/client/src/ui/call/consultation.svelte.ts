// The stylist's side of one call: its session, who is in front of the camera,
// and the snapshots taken, each shown at once and then by its better pictures.
import { listSnapshots } from '../../api/snapshots';
import { get } from '../../api/http';
import type { Snapshot } from '../../api/types';
import type { ScreenElement } from '../../call/capture';
import { LocalMedia } from '../../call/devices';
import type { CallModel, Person } from '../../call/model';
import { safeStore } from '../../call/platform';
import type { CaptureId } from '../../call/protocol';
import type { CallSession } from '../../call/session';
import { allowSound } from '../../call/sound';
import { UploadQueue } from '../../call/uploads';
import { live, resync } from '../../live';
import { newSession } from './session.svelte';

/** One square of the strip. */
export interface Shot {
  id: CaptureId;
  /** What the screen showed at that instant, until the stored picture is there. */
  thumbnail: ImageBitmap | null;
  snapshot: Snapshot | null;
}

export type WhyNot =
  'nobody' | 'guest' | 'consent' | 'role' | 'noPicture' | 'offline' | 'notShown' | null;

const THUMBNAIL_WIDTH = 320;

export class Consultation {
  readonly media = new LocalMedia();
  readonly uploads = new UploadQueue({ link: null });
  session = $state.raw<CallSession>()!;
  shots = $state.raw<readonly Shot[]>([]);
  shutters = $state(0);
  /** Something could not be done; with the capture if it was one. */
  onProblem: (code: string, capture: CaptureId | null) => void = () => undefined;
  #refused: CaptureId[] = [];

  constructor(readonly appointmentId: string) {
    this.session = this.#open();
  }

  /** Use in an effect, which begins anew with each session: it returns how to stop. */
  start(): () => void {
    const { session } = this;
    void this.uploads.start();
    void this.media.open();
    session.start();
    void this.#loadShots();
    const stopListening = live.listen(({ kind, data }) => this.#news(kind, data));
    return () => {
      stopListening();
      session.detach();
      this.media.close();
    };
  }

  /** Back in after leaving, or after another tab took the call. */
  again(): void {
    this.session = this.#open();
  }

  /** The thumbnail is there before the server has heard of the capture. */
  async capture(target: Person, screen: ScreenElement): Promise<void> {
    allowSound();
    const id = this.session.capture(target.id, screen);
    if (!id) return this.onProblem('offline', id);
    const thumbnail = await createImageBitmap(screen, {
      resizeWidth: THUMBNAIL_WIDTH,
      resizeQuality: 'medium',
    }).catch(() => null);
    // The refusal may be here before the thumbnail.
    if (!this.#refused.includes(id)) this.#change(id, { thumbnail });
  }

  #open(): CallSession {
    const session = newSession({
      door: { appointment: this.appointmentId },
      media: this.media,
      uploads: this.uploads,
      store: safeStore(() => sessionStorage),
    });
    session.onShutter = (id) => {
      this.shutters += 1;
      this.#change(id, {});
    };
    session.onRefused = (code, id) => {
      // Taken all the same: only the answer was lost, with the socket.
      if (this.shots.some((shot) => shot.id === id && shot.snapshot)) return;
      if (id) this.#refused.push(id);
      this.shots = this.shots.filter((shot) => shot.id !== id);
      this.onProblem(code, id);
    };
    return session;
  }

  /** What was taken before a reload of this page. */
  async #loadShots(): Promise<void> {
    const found = await listSnapshots({ appointment_id: this.appointmentId }).catch(() => []);
    const inOrder = found.sort((a, b) => a.taken_at.localeCompare(b.taken_at));
    for (const snapshot of inOrder) this.#change(snapshot.id, { snapshot });
  }

  #news(kind: string, data: Record<string, unknown>): void {
    if (kind === resync) void this.#loadShots();
    if (kind !== 'snapshot.changed' || typeof data.id !== 'string') return;
    const ours = data.appointment_id === this.appointmentId;
    if (ours || this.shots.some(({ id }) => id === data.id)) void this.#refresh(data.id);
  }

  async #refresh(id: CaptureId): Promise<void> {
    const snapshot = await get<Snapshot>(`/snapshots/${id}`).catch(() => null);
    if (snapshot) this.#change(id, { snapshot });
  }

  #change(id: CaptureId, change: Partial<Shot>): void {
    const known = this.shots.find((shot) => shot.id === id);
    const next = { ...(known ?? { id, thumbnail: null, snapshot: null }), ...change };
    this.shots = known
      ? this.shots.map((shot) => (shot === known ? next : shot))
      : [...this.shots, next];
  }
}

/**
 * Whom the call is about: whoever was marked, the customer in the call, else anybody else. Of two
 * customers one may be the place of a page that was closed, which is kept for a while.
 */
export function inFront(model: CallModel): Person | null {
  const others = [...model.people.values()].filter(
    ({ id, place }) => id !== model.you?.id && place === 'call',
  );
  const customers = others.filter(({ role }) => role === 'customer');
  return (
    others.find(({ id }) => id === model.subject) ??
    customers.find(({ presence }) => presence === 'here') ??
    customers[0] ??
    others[0] ??
    null
  );
}

/** First come, first shown. */
export function inLobby(model: CallModel): Person[] {
  return [...model.people.values()]
    .filter(({ place }) => place === 'lobby')
    .sort((a, b) => (a.waitingSince ?? 0) - (b.waitingSince ?? 0));
}

/** What stands against a snapshot just now; null when nothing does. `isShown`: on this very screen. */
export function whyNoCapture(model: CallModel, subject: Person | null, isShown: boolean): WhyNot {
  if (!subject) return 'nobody';
  if (!model.mayCapture) return 'role';
  if (subject.role !== 'customer') return 'guest';
  if (!subject.may_be_captured) return 'consent';
  if (!subject.video) return 'noPicture';
  if (model.connection !== 'joined' || subject.presence !== 'here') return 'offline';
  if (!isShown) return 'notShown';
  return null;
}

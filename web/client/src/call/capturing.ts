// A page's part in snapshots: asks for them, takes the pictures that are this page's to take, and
// tells how far these have come.

import { pictureOfCamera, pictureOfScreen, type Picture, type ScreenElement } from './capture';
import type {
  CaptureId,
  CaptureSource,
  CaptureStage,
  ClientMessage,
  ParticipantId,
} from './protocol';
import type { UploadQueue } from './uploads';

export interface CapturingOptions {
  uploads: UploadQueue;
  /** One's own, while it is on. */
  camera(): MediaStreamTrack | null;
  /** To the server; `null` until it was measured. */
  roundTripMs(): number | null;
  /** Returns the message's number, by which a refusal names it; `null` when it cannot be said now. */
  say(message: ClientMessage): number | null;
  /** It was asked for, and the answer never came. */
  onLost(capture: CaptureId): void;
}

/** An uplink nobody has measured: on a near network assume plenty, else what a phone gets. */
const NEAR_MS = 15;
const NEAR_BPS = 100_000_000;
const FAR_BPS = 6_000_000;
/** The protocol's bound of `detail`. */
const MOST_DETAIL_BYTES = 200;

export class Capturing {
  /** What was asked for by which message, and what the screen showed. Emptied by the answer: before, the
      server would refuse the picture. */
  private readonly asked = new Map<CaptureId, { seq: number; picture: Promise<Picture> }>();

  constructor(private readonly options: CapturingOptions) {
    options.uploads.onStage = (id, source, stage, detail) =>
      this.tellStage(id, source, stage, detail);
  }

  /** Takes a snapshot of what `screen` shows of `target`. Null when the call is out of reach just now. */
  ask(target: ParticipantId, screen: ScreenElement): CaptureId | null {
    const id = newId();
    const seq = this.options.say({ type: 'capture', id, target });
    if (seq === null) return null;
    const picture = pictureOfScreen(screen);
    picture.catch(() => undefined);
    this.asked.set(id, { seq, picture });
    return id;
  }

  /** The capture that a refused message had asked for, if it had. */
  refused(re: number | undefined): CaptureId | null {
    const [id] = [...this.asked].find(([, { seq }]) => seq === re) ?? [null];
    if (id) this.asked.delete(id);
    return id;
  }

  /** The server knows of the capture: what the screen showed may be sent. */
  async started(id: CaptureId): Promise<void> {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (!asked) return;
    try {
      await this.options.uploads.add(id, 'received', await asked.picture);
    } catch (error) {
      this.tellStage(id, 'received', 'failed', String(error));
    }
  }

  /** A new socket: what was asked for on the former one is answered no more. */
  rejoined(): void {
    const lost = [...this.asked.keys()];
    this.asked.clear();
    lost.forEach(this.options.onLost);
  }

  /** One's own camera's picture is wanted. */
  async requested(id: CaptureId): Promise<void> {
    const track = this.options.camera();
    try {
      if (!track) throw new Error('the camera is off');
      const picture = await pictureOfCamera(track, this.uplinkBps());
      this.tellStage(id, 'camera', 'grabbed');
      await this.options.uploads.add(id, 'camera', picture);
    } catch (error) {
      this.tellStage(id, 'camera', 'failed', String(error));
    }
  }

  private uplinkBps(): number {
    const roundTripMs = this.options.roundTripMs();
    const near = roundTripMs !== null && roundTripMs < NEAR_MS;
    return this.options.uploads.uplinkBps ?? (near ? NEAR_BPS : FAR_BPS);
  }

  private tellStage(
    id: CaptureId,
    source: CaptureSource,
    state: CaptureStage,
    detail?: string,
  ): void {
    this.options.say({
      type: 'capture_state',
      id,
      source,
      state,
      ...(detail ? { detail: firstBytes(detail, MOST_DETAIL_BYTES) } : {}),
    });
  }
}

/** As much of the text as fits, in whole characters. */
function firstBytes(text: string, most: number): string {
  const bytes = new Uint8Array(most);
  const { written } = new TextEncoder().encodeInto(text, bytes);
  return new TextDecoder().decode(bytes.subarray(0, written));
}

/** `randomUUID` exists in secure contexts only, and so does the camera. */
function newId(): CaptureId {
  return crypto.randomUUID();
}

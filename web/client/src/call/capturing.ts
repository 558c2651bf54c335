// A page's part in snapshots: asks for them, takes the pictures that are this page's to take, and
// tells how far these have come.

import { pictureOfCamera, pictureOfScreen, type Picture } from './capture';
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
}

/** An uplink nobody has measured: on a near network assume plenty, else what a phone gets. */
const NEAR_MS = 15;
const NEAR_BPS = 100_000_000;
const FAR_BPS = 6_000_000;

export class Capturing {
  private readonly asked = new Map<number, CaptureId>();
  /** What the screen showed, until the server knows of the capture: before, it would refuse it. */
  private readonly held = new Map<CaptureId, Promise<Picture>>();

  constructor(private readonly options: CapturingOptions) {
    options.uploads.onStage = (id, source, stage, detail) =>
      this.tellStage(id, source, stage, detail);
  }

  /** Takes a snapshot of what `screen` shows of `target`. Null when the call is out of reach just now. */
  ask(target: ParticipantId, screen: HTMLVideoElement): CaptureId | null {
    const id = newId();
    const seq = this.options.say({ type: 'capture', id, target });
    if (seq === null) return null;
    this.asked.set(seq, id);
    const picture = pictureOfScreen(screen);
    picture.catch(() => undefined);
    this.held.set(id, picture);
    return id;
  }

  /** The capture that a refused message had asked for, if it had. */
  refused(re: number | undefined): CaptureId | null {
    const capture = re === undefined ? null : (this.asked.get(re) ?? null);
    if (capture) this.held.delete(capture);
    return capture;
  }

  /** The server knows of the capture: what the screen showed may be sent. */
  async started(id: CaptureId): Promise<void> {
    const held = this.held.get(id);
    this.held.delete(id);
    if (!held) return;
    try {
      await this.options.uploads.add(id, 'received', await held);
    } catch (error) {
      this.tellStage(id, 'received', 'failed', String(error).slice(0, 180));
    }
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
      this.tellStage(id, 'camera', 'failed', String(error).slice(0, 180));
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
      ...(detail ? { detail } : {}),
    });
  }
}

/** `randomUUID` exists in secure contexts only, and so does the camera. */
function newId(): CaptureId {
  return crypto.randomUUID();
}

// One's own screen, shown to the others. The browser asks which; its own "stop sharing" ends it too.

import type { ClientMessage } from './protocol';
import { writable, type Readable } from './store';

export type ScreenFailure = 'denied' | 'unsupported' | 'unknown';

export interface ScreenOptions {
  /** Only there may a screen be shown. */
  isInCall(): boolean;
  /** What is to be sent of it. */
  onTrack(track: MediaStreamTrack | null): void;
  /** Returns the message's number, by which a refusal names it; `null` when it cannot be said now. */
  say(message: ClientMessage): number | null;
}

const FRAMES_PER_SECOND = 15;

export class ScreenShare {
  readonly track: Readable<MediaStreamTrack | null>;
  private readonly shown = writable<MediaStreamTrack | null>(null);
  private closed = false;
  /** The latest message about it. */
  private said: number | null = null;

  constructor(private readonly options: ScreenOptions) {
    this.track = this.shown;
  }

  /** Phones cannot. */
  static get isPossible(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  }

  /** Why it is not shown; `null` when it is, or when it is wanted no more. */
  async start(): Promise<ScreenFailure | null> {
    if (!ScreenShare.isPossible) return 'unsupported';
    try {
      const video = { frameRate: { ideal: FRAMES_PER_SECOND, max: FRAMES_PER_SECOND } };
      const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: false });
      const track = stream.getVideoTracks()[0];
      if (!track) return 'unknown';
      // Much can happen while somebody chooses a window.
      if (this.closed || !this.options.isInCall()) {
        track.stop();
        return null;
      }
      this.stop();
      // Small letters matter more than motion.
      track.contentHint = 'detail';
      track.onended = () => this.shown.get() === track && this.stop();
      this.set(track);
      return null;
    } catch (error) {
      return (error as { name?: string }).name === 'NotAllowedError' ? 'denied' : 'unknown';
    }
  }

  stop(): void {
    const track = this.shown.get();
    if (!track) return;
    track.onended = null;
    track.stop();
    this.set(null);
  }

  /** For good: what the browser's question still brings is not shown. */
  close(): void {
    this.closed = true;
    this.stop();
  }

  /** A new seat, socket or place knows of no screen, and the lobby has none. */
  seated(): void {
    if (!this.options.isInCall()) this.stop();
    else if (this.shown.get()) this.tell();
  }

  /** Whatever the reason: what the others do not see is not shown here either. */
  refused(re: number | undefined): void {
    if (re !== undefined && re === this.said) this.stop();
  }

  private set(track: MediaStreamTrack | null): void {
    this.shown.set(track);
    this.options.onTrack(track);
    this.tell();
  }

  private tell(): void {
    const on = this.shown.get() !== null;
    if (this.options.isInCall()) this.said = this.options.say({ type: 'screen', on });
  }
}

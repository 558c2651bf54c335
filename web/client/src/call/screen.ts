// One's own screen, shown to the others. The browser asks which; its own "stop sharing" ends it too.

import { writable, type Readable } from './store';

export type ScreenFailure = 'denied' | 'unsupported' | 'unknown';

const FRAMES_PER_SECOND = 15;

export class ScreenShare {
  readonly track: Readable<MediaStreamTrack | null>;
  private readonly shown = writable<MediaStreamTrack | null>(null);

  constructor(private readonly onTrack: (track: MediaStreamTrack | null) => void) {
    this.track = this.shown;
  }

  /** Phones cannot. */
  static get isPossible(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  }

  /** `null` when it is shown; else why not. */
  async start(): Promise<ScreenFailure | null> {
    if (!ScreenShare.isPossible) return 'unsupported';
    try {
      const video = { frameRate: { ideal: FRAMES_PER_SECOND, max: FRAMES_PER_SECOND } };
      const stream = await navigator.mediaDevices.getDisplayMedia({ video, audio: false });
      const track = stream.getVideoTracks()[0];
      if (!track) return 'unknown';
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

  private set(track: MediaStreamTrack | null): void {
    this.shown.set(track);
    this.onTrack(track);
  }
}

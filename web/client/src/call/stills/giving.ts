// Sends still pictures of one's own camera while somebody lacks its video: one at a time, the next a
// few seconds after the last is through.

import { realTimers, type Timers } from '../platform';
import { speed, type StillsClient } from './client';
import { bytesFor } from './shape';

export interface GivingOptions {
  client: StillsClient;
  /** One's number, while one is in the call. */
  you(): number | null;
  /** One's own, while it is on. */
  camera(): MediaStreamTrack | null;
  /** Of so many bytes at most. */
  take(track: MediaStreamTrack, most: number): Promise<Blob>;
  /** One went through, at so many bits per second. */
  onPassed(bitsPerSecond: number): void;
  timers?: Timers;
}

export const PAUSE_MS = 3000;

export class Giving {
  private wanted = false;
  private mostBytes: number | null = null;
  private bitsPerSecond: number | null = null;
  private running = false;
  private stop: AbortController | null = null;
  private wake: (() => void) | null = null;
  private readonly timers: Timers;

  constructor(private readonly options: GivingOptions) {
    this.timers = options.timers ?? realTimers;
  }

  /** Whether anybody lacks the picture, and what their networks bring. */
  want(wanted: boolean, mostBytes: number | null): void {
    [this.wanted, this.mostBytes] = [wanted, mostBytes];
    if (wanted) void this.run();
    else this.interrupt();
  }

  /** The camera was turned on or off, or is another. Off is off: what is on its way is called back. */
  cameraChanged(): void {
    if (!this.options.camera()) this.stop?.abort();
    else if (this.wanted) void this.run();
  }

  private interrupt(): void {
    this.stop?.abort();
    this.wake?.();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.wanted && this.options.camera()) {
      await this.giveOne().catch(() => this.slowDown());
      if (this.wanted) await this.pause();
    }
    this.running = false;
  }

  private async giveOne(): Promise<void> {
    const { client, camera, take, onPassed } = this.options;
    const [track, you] = [camera(), this.options.you()];
    if (!track || you === null || track.muted || !track.enabled) return;
    const stop = (this.stop = new AbortController());
    const most = Math.min(bytesFor(this.bitsPerSecond), this.mostBytes ?? Infinity);
    const picture = await take(track, most);
    if (stop.signal.aborted || !this.wanted || camera() !== track) return;
    const passed = await client.bring(you, picture, stop);
    this.bitsPerSecond = speed(passed);
    onPassed(this.bitsPerSecond);
  }

  /** It took too long, or there is no network: the next is smaller. */
  private slowDown(): void {
    if (this.wanted) this.bitsPerSecond = (this.bitsPerSecond ?? 0) / 2;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.timers.after(PAUSE_MS, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

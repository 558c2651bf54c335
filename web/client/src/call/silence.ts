// Notices that nothing comes any more. While a call is under way something always does, feedback at
// the least; a browser hopes for five seconds before it says that a path is lost.

import type { Timers } from './platform';

const LOOK_EVERY_MS = 500;
/** So that it takes 1.5 to 2 seconds: shorter ones are common where the network is narrow. */
const MOST_SILENT_LOOKS = 3;
const UNDER_WAY_MS = 100;
/** While a call is under way something comes far more often. */
const STILL_HEARD_MS = 200;

export class SilenceWatch {
  private heard: number | null = null;
  private silentLooks = 0;
  private cancel: () => void;

  /** `onSilence` is told once each time that what came stops to come. */
  constructor(
    private readonly peer: RTCPeerConnection,
    private readonly timers: Timers,
    private readonly onSilence: () => void,
  ) {
    this.cancel = this.lookLater();
  }

  /** Whether anything comes from now on: what was under way already does not count. */
  async isStillHeard(): Promise<boolean> {
    await this.pause(UNDER_WAY_MS);
    const before = await this.bytesReceived().catch(() => null);
    await this.pause(STILL_HEARD_MS);
    return (await this.bytesReceived().catch(() => null)) !== before;
  }

  get isSilent(): boolean {
    return this.silentLooks >= MOST_SILENT_LOOKS;
  }

  close(): void {
    this.cancel();
    this.cancel = () => undefined;
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.timers.after(milliseconds, resolve));
  }

  private lookLater(): () => void {
    return this.timers.after(LOOK_EVERY_MS, () => void this.look());
  }

  private async look(): Promise<void> {
    this.cancel = this.lookLater();
    const heard = await this.bytesReceived().catch(() => null);
    this.silentLooks = heard && heard === this.heard ? this.silentLooks + 1 : 0;
    this.heard = heard;
    if (this.silentLooks === MOST_SILENT_LOOKS) this.onSilence();
  }

  /** Of media and feedback, not of ICE. Of one sender, since the statistics of the whole are long. */
  private async bytesReceived(): Promise<number | null> {
    const entries = await this.peer.getTransceivers()[0]?.sender.getStats();
    let sum: number | null = null;
    entries?.forEach((entry: { type: string; bytesReceived?: number }) => {
      if (entry.type === 'candidate-pair') sum = (sum ?? 0) + (entry.bytesReceived ?? 0);
    });
    return sum;
  }
}

// The server's addresses for TCP, held back until UDP does not serve: browsers that find UDP and TCP
// on different networks (a VPN, say) choose by the network, and might well talk TCP where UDP does
// better.

import type { Timers } from './platform';

/** A network that lets UDP through has shown it by then. */
const UDP_PATIENCE_MS = 600;
/** Something always comes, feedback at the least. Browsers themselves wait for twice as long. */
const LOOK_EVERY_MS = 1000;
const MOST_SILENT_LOOKS = 2;

export class LastResort {
  private candidates: RTCIceCandidateInit[] = [];
  private cancel: (() => void) | null = null;
  private heard = 0;
  private silentLooks = 0;

  constructor(
    private readonly peer: RTCPeerConnection,
    private readonly timers: Timers,
  ) {}

  /** Those of a new answer. */
  keep(candidates: RTCIceCandidateInit[]): void {
    this.candidates = candidates;
    this.silentLooks = 0;
    this.lookIn(UDP_PATIENCE_MS);
  }

  /** UDP is of no use now. */
  use(): void {
    for (const candidate of this.candidates.splice(0)) {
      void this.peer.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  close(): void {
    this.candidates = [];
    this.cancel?.();
  }

  private lookIn(milliseconds: number): void {
    this.cancel?.();
    this.cancel = this.timers.after(milliseconds, () => void this.look());
  }

  private async look(): Promise<void> {
    if (this.peer.connectionState !== 'connected') this.use();
    const heard = await this.bytesReceived().catch(() => null);
    this.silentLooks = heard === this.heard ? this.silentLooks + 1 : 0;
    this.heard = heard ?? this.heard;
    if (this.silentLooks >= MOST_SILENT_LOOKS) this.use();
    if (this.candidates.length > 0) this.lookIn(LOOK_EVERY_MS);
  }

  /** On all ways. Of one sender, since the statistics of the whole are long. */
  private async bytesReceived(): Promise<number | null> {
    const entries = await this.peer.getTransceivers()[0]?.sender.getStats();
    let sum: number | null = null;
    entries?.forEach((entry: { type: string; bytesReceived?: number }) => {
      if (entry.type === 'candidate-pair') sum = (sum ?? 0) + (entry.bytesReceived ?? 0);
    });
    return sum;
  }
}

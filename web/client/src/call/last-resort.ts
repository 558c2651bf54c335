// The server's addresses for TCP, held back until UDP does not serve: browsers that find UDP and TCP
// on different networks (a VPN, say) choose by the network, and might well talk TCP where UDP does
// better.

import type { Timers } from './platform';

/** A network that lets UDP through has shown it by then. */
const UDP_PATIENCE_MS = 600;

export class LastResort {
  private candidates: RTCIceCandidateInit[] = [];
  private cancel: (() => void) | null = null;

  constructor(
    private readonly peer: RTCPeerConnection,
    private readonly timers: Timers,
  ) {}

  /** Those of a new answer. */
  keep(candidates: RTCIceCandidateInit[]): void {
    this.candidates = candidates;
    this.cancel?.();
    this.cancel = this.timers.after(UDP_PATIENCE_MS, () => {
      if (this.peer.connectionState !== 'connected') this.use();
    });
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
}

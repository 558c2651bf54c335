// The places into which the pictures and voices of others come. They are there before anything does, so
// that nothing is negotiated when somebody is admitted: packets begin to flow into a slot whose video
// element is attached already.

import { preferCodecs, type MediaKind } from './sdp';
import { writable, type Readable } from './store';

/** The stream is made with the slot, so a video element may hold it before anything arrives. */
export interface ReceiveSlot {
  mid: string;
  kind: MediaKind;
  stream: MediaStream;
}

/** More are never asked for: nineteen others, and two screens. */
const MOST_PAIRS = 21;

export class ReceiveSlots {
  readonly all: Readable<readonly ReceiveSlot[]>;
  private readonly store = writable<readonly ReceiveSlot[]>([]);

  /** So many pairs, of sound and picture, at first. */
  constructor(private pairs: number) {
    this.all = this.store;
  }

  /** The lines of a new connection, after those of what is sent. */
  addTo(peer: RTCPeerConnection): void {
    this.store.set([]);
    this.addMissing(peer);
  }

  /** So many pairs in all; those that are missing take another offer. */
  grow(pairs: number): void {
    this.pairs = Math.max(this.pairs, Math.min(pairs, MOST_PAIRS));
  }

  get areMissing(): boolean {
    return this.missingPairs > 0;
  }

  /** At the end of the lines that the connection has. Browsers number them in their order. */
  addMissing(peer: RTCPeerConnection): void {
    if (!this.areMissing) return;
    const pairs = this.missingPairs;
    const added = (['audio', 'video'] as const).flatMap((kind) =>
      Array.from({ length: pairs }, () => {
        const mid = String(peer.getTransceivers().length);
        const transceiver = peer.addTransceiver(kind, { direction: 'recvonly' });
        preferCodecs(transceiver, kind);
        return { mid, kind, stream: new MediaStream([transceiver.receiver.track]) };
      }),
    );
    this.store.set([...this.store.get(), ...added]);
  }

  private get missingPairs(): number {
    return this.pairs - this.store.get().length / 2;
  }
}

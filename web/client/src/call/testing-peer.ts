// A stand-in for RTCPeerConnection: its signaling states, its transceivers, and a path that goes up
// and down when told. What is inside of an offer is for the real browsers' stories.

export class FakePeer {
  static all: FakePeer[] = [];
  /** The newest: what the page uses now. */
  static get now(): FakePeer {
    return FakePeer.all.at(-1)!;
  }

  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: { sdp: string } | null = null;
  remoteDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  transceivers: ReturnType<typeof transceiver>[] = [];
  candidates: string[] = [];
  /** Whether anything arrives. */
  hears = true;
  private received = 0;
  private offers = 0;
  /** The offer that was answered last. */
  private agreed: { sdp: string } | null = null;

  constructor() {
    FakePeer.all.push(this);
  }

  addTransceiver(_: unknown, init: { sendEncodings?: RTCRtpEncodingParameters[] } = {}) {
    const made = transceiver(init.sendEncodings ?? [{}], () => this.statistics());
    this.transceivers.push(made);
    return made;
  }

  getTransceivers = () => this.transceivers;
  getReceivers = () => this.transceivers.map(({ receiver }) => receiver);

  private async statistics() {
    if (this.hears) this.received += 1000;
    return new Map([['pair', { type: 'candidate-pair', bytesReceived: this.received }]]);
  }

  async createOffer({ iceRestart = false } = {}) {
    this.offers += 1;
    return { sdp: `offer ${this.offers}${iceRestart ? ' with a new path' : ''}` };
  }

  async setLocalDescription(description: { type?: RTCSdpType; sdp?: string }): Promise<void> {
    const { type, sdp = '' } = description;
    this.localDescription = type === 'rollback' ? this.agreed : { sdp };
    this.signalingState = type === 'rollback' ? 'stable' : 'have-local-offer';
  }

  async setRemoteDescription(description: { sdp: string }): Promise<void> {
    this.remoteDescription = description;
    this.agreed = this.localDescription;
    this.signalingState = 'stable';
  }

  async addIceCandidate({ candidate }: RTCIceCandidateInit): Promise<void> {
    this.candidates.push(candidate!);
  }

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.connectionState = 'closed';
    this.signalingState = 'closed';
  }
}

let tracks = 0;

function transceiver(encodings: RTCRtpEncodingParameters[], getStats: () => Promise<unknown>) {
  let parameters = { encodings: encodings.map((one) => ({ ...one })) } as RTCRtpSendParameters;
  return {
    receiver: {
      track: { id: `track ${(tracks += 1)}` },
      jitterBufferTarget: null as number | null,
    },
    setCodecPreferences: () => undefined,
    sender: {
      track: null as unknown,
      getStats,
      async replaceTrack(track: unknown) {
        this.track = track;
      },
      getParameters: () => structuredClone(parameters),
      async setParameters(next: RTCRtpSendParameters) {
        parameters = next;
      },
    },
  };
}

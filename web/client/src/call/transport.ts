// The one peer connection of a participant: what is sent, and the receive slots for what comes.
//
// The m-lines have a fixed order (audio out, video out, audio slots, video slots) and all exist from
// the first offer. So nothing is ever renegotiated when a camera is switched or somebody is admitted:
// a track is replaced, or packets start to flow into a slot whose video element is already attached.

import { realTimers, type Timers } from './platform';
import type { TrackKind } from './protocol';
import { writable, type Readable } from './store';

export type TransportState = 'new' | 'connecting' | 'connected' | 'reconnecting' | 'failed';

export interface TransportOptions {
  /** Receive slots of each kind: as many others as can be in the call. */
  slots: number;
  /** Is there a socket to send an offer on? */
  ready(): boolean;
  /** The answer comes to `accept`. */
  sendOffer(sdp: string): void;
  timers?: Timers;
}

/** The stream is made with the slot, so a video element may hold it before anything arrives. */
export interface ReceiveSlot {
  mid: string;
  kind: TrackKind;
  stream: MediaStream;
}

const VIDEO_BITRATE = 2_500_000;
/** While nobody looks: enough to keep the path measured, little enough for a phone's contract. */
const SPARING = { maxBitrate: 250_000, maxFramerate: 8 };
const MAX_FRAMERATE = 30;
/** The camera runs at its full size for snapshots; the call itself is sent at this many lines. */
const SENT_LINES = 720;
const DISCONNECTED_PATIENCE_MS = 1200;
const RESTART_PATIENCE_MS = 4000;

export class Transport {
  readonly state: Readable<TransportState>;
  readonly slots: Readable<readonly ReceiveSlot[]>;
  private readonly status = writable<TransportState>('new');
  private readonly timers: Timers;
  private peer: RTCPeerConnection;
  private readonly receivers = writable<readonly ReceiveSlot[]>([]);
  private tracks: { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } = {
    audio: null,
    video: null,
  };
  private sparing = false;
  private everConnected = false;
  private closed = false;
  private cancelCheck: (() => void) | null = null;

  constructor(private readonly options: TransportOptions) {
    this.timers = options.timers ?? realTimers;
    this.state = this.status;
    this.slots = this.receivers;
    this.peer = this.build();
  }

  /** The offer for joining. A transport that was connected keeps its media and gets a new path. */
  async offer(): Promise<string> {
    const pending = this.peer.localDescription;
    if (this.peer.signalingState === 'have-local-offer') {
      if (!this.everConnected && pending) return pending.sdp;
      this.rebuild();
    }
    if (this.peer.connectionState === 'failed') this.rebuild();
    return this.describe(this.peer.remoteDescription !== null);
  }

  async accept(answer: string): Promise<void> {
    if (this.peer.signalingState !== 'have-local-offer') return;
    const known = fingerprintOf(this.peer.remoteDescription?.sdp);
    if (known && known !== fingerprintOf(answer)) {
      // The server restarted: it cannot go on with a handshake that it never saw.
      this.rebuild();
      this.startOver();
      return;
    }
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answer });
    await this.tune();
  }

  async send(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track;
    if (this.closed) return;
    await this.sender(kind)?.replaceTrack(track);
    if (kind === 'video') await this.tune();
  }

  /** In the waiting room the camera is sent, so that being let in costs no start; but sparingly. */
  async spare(sparing: boolean): Promise<void> {
    if (this.sparing === sparing) return;
    this.sparing = sparing;
    if (!this.closed) await this.tune();
  }

  /** The network changed or media stopped: new candidates at once, without waiting for ICE to notice. */
  restart(): void {
    const { peer } = this;
    if (this.closed || !this.options.ready() || peer.remoteDescription === null) return;
    if (peer.signalingState !== 'stable') return;
    void this.describe(true)
      .then((sdp) => this.options.sendOffer(sdp))
      .catch(() => this.startOver());
    this.check(RESTART_PATIENCE_MS, () => this.startOver());
  }

  /** A new transport in place of one that cannot be saved. */
  startOver(): void {
    if (this.closed || !this.options.ready()) return;
    if (this.peer.remoteDescription !== null || this.peer.signalingState !== 'stable')
      this.rebuild();
    void this.describe(false).then((sdp) => this.options.sendOffer(sdp));
    this.check(RESTART_PATIENCE_MS, () => this.startOver());
  }

  stats(): Promise<RTCStatsReport> {
    return this.peer.getStats();
  }

  close(): void {
    this.closed = true;
    this.cancelCheck?.();
    this.peer.close();
  }

  private build(): RTCPeerConnection {
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
    const audio = peer.addTransceiver(this.tracks.audio ?? 'audio', { direction: 'sendonly' });
    preferCodecs(audio, 'audio');
    const video = peer.addTransceiver(this.tracks.video ?? 'video', {
      direction: 'sendonly',
      sendEncodings: [
        { maxBitrate: VIDEO_BITRATE, scaleResolutionDownBy: scaleOf(this.tracks.video) },
      ],
    });
    preferCodecs(video, 'video');
    const slots = [...this.addSlots(peer, 'audio'), ...this.addSlots(peer, 'video')];
    this.receivers.set(slots);
    peer.onconnectionstatechange = () => this.peer === peer && this.observe();
    return peer;
  }

  private addSlots(peer: RTCPeerConnection, kind: TrackKind): ReceiveSlot[] {
    const first = 2 + (kind === 'video' ? this.options.slots : 0);
    return Array.from({ length: this.options.slots }, (_, index) => {
      const transceiver = peer.addTransceiver(kind, { direction: 'recvonly' });
      preferCodecs(transceiver, kind);
      const stream = new MediaStream([transceiver.receiver.track]);
      return { mid: String(first + index), kind, stream };
    });
  }

  private rebuild(): void {
    const old = this.peer;
    old.onconnectionstatechange = null;
    this.peer = this.build();
    old.close();
  }

  private async describe(iceRestart: boolean): Promise<string> {
    const peer = this.peer;
    const offer = await peer.createOffer({ iceRestart });
    await peer.setLocalDescription(offer);
    return offer.sdp ?? '';
  }

  private observe(): void {
    switch (this.peer.connectionState) {
      case 'connected':
        this.everConnected = true;
        this.cancelCheck?.();
        this.status.set('connected');
        break;
      case 'disconnected':
        this.status.set('reconnecting');
        this.check(DISCONNECTED_PATIENCE_MS, () => this.restart());
        break;
      case 'failed':
        this.status.set(this.everConnected ? 'reconnecting' : 'failed');
        this.startOver();
        break;
      case 'connecting':
        this.status.set(this.everConnected ? 'reconnecting' : 'connecting');
        break;
    }
  }

  private check(milliseconds: number, act: () => void): void {
    this.cancelCheck?.();
    this.cancelCheck = this.timers.after(milliseconds, () => {
      if (!this.closed && this.peer.connectionState !== 'connected') act();
    });
  }

  private sender(kind: TrackKind): RTCRtpSender | undefined {
    return this.peer.getTransceivers()[kind === 'audio' ? 0 : 1]?.sender;
  }

  /** Resolution before frame rate: the stylist looks at skin, not at motion. */
  private async tune(): Promise<void> {
    const sender = this.sender('video');
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings[0];
    if (!sender || !parameters || !encoding) return;
    encoding.maxBitrate = this.sparing ? SPARING.maxBitrate : VIDEO_BITRATE;
    encoding.maxFramerate = this.sparing ? SPARING.maxFramerate : MAX_FRAMERATE;
    encoding.scaleResolutionDownBy = scaleOf(this.tracks.video);
    parameters.degradationPreference = 'maintain-resolution';
    await sender.setParameters(parameters).catch(() => undefined);
  }
}

function scaleOf(track: MediaStreamTrack | null): number {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.max(1, Math.min(width, height) / SENT_LINES);
}

function fingerprintOf(sdp: string | undefined): string | null {
  return /^a=fingerprint:\S+ (\S+)/m.exec(sdp ?? '')?.[1]?.toUpperCase() ?? null;
}

/** Opus; VP8 for everyone and H.264 for the Safaris without it. What no test exercises is not offered. */
const CODECS: Record<TrackKind, RegExp> = { audio: /\/opus$/i, video: /\/(VP8|H264|rtx)$/i };

function preferCodecs(transceiver: RTCRtpTransceiver, kind: TrackKind): void {
  const offered = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const wanted = offered.filter(({ mimeType }) => CODECS[kind].test(mimeType));
  if (wanted.length === 0 || !('setCodecPreferences' in transceiver)) return;
  try {
    transceiver.setCodecPreferences(wanted);
  } catch {
    // Older browsers refuse a partial list; the server picks from the full one.
  }
}

// The one peer connection of a participant: what is sent, and the receive slots for what comes.
//
// The m-lines have a fixed order (audio, camera and screen out, then receive slots) and exist from
// the first offer. So nothing is renegotiated when a camera is switched or somebody is admitted: a
// track is replaced, or packets start to flow into a slot whose video element is already attached.
// Only a call with more people than slots gets further slots, at the end.

import { compact, preferCodecs, withoutTcp, type MediaKind } from './sdp';
import { encodings, layerNames, NOTHING_TOLD, type Sending, type Source } from './layers';
import { LastResort } from './last-resort';
import { realTimers, type Timers } from './platform';
import type { Publish, TrackKind } from './protocol';
import { SilenceWatch } from './silence';
import { tuneSound } from './sound-rate';
import { writable, type Readable } from './store';

/** `busy`: the server has all that it can carry, and is asked again in a while. */
export type TransportState =
  'new' | 'connecting' | 'connected' | 'reconnecting' | 'busy' | 'failed';

export interface TransportOptions {
  /** Pairs of receive slots at first. */
  slots: number;
  /** Sends fewer layers: encoding is dear on this device. */
  isWeak?: boolean;
  /** Is there a socket to send an offer on? */
  ready(): boolean;
  /** The answer comes to `accept`. */
  sendOffer(sdp: string): void;
  /** Nothing comes any more: perhaps the whole network is gone, and the socket with it. */
  onSilence?(): void;
  timers?: Timers;
}

/** The stream is made with the slot, so a video element may hold it before anything arrives. */
export interface ReceiveSlot {
  mid: string;
  kind: MediaKind;
  stream: MediaStream;
}

/** How much of the camera is sent, whatever is needed: all of it, the lowest layer, or nothing. */
export type CameraShare = 'all' | 'lowest' | 'none';

/** In the order of their m-lines. */
const SENT: readonly TrackKind[] = ['audio', 'video', 'screen'];
const SCREEN = { maxBitrate: 2_500_000, maxFramerate: 15 };
/** More are never asked for: nineteen others, and two screens. */
const MOST_PAIRS = 21;
const DISCONNECTED_PATIENCE_MS = 1200;
const RESTART_PATIENCE_MS = 4000;
/** Even where a fifth of all packets is lost, hardly any handshake takes longer. */
const FIRST_PATIENCE_MS = 10_000;
/** A network that lets a direct path through has one by then. */
const DIRECT_PATIENCE_MS = 2000;
/** The server has all that it can carry: others may have left by then. */
const OVERLOADED_PATIENCE_MS = 10_000;

export class Transport {
  readonly state: Readable<TransportState>;
  readonly slots: Readable<readonly ReceiveSlot[]>;
  private readonly status = writable<TransportState>('new');
  private readonly timers: Timers;
  private readonly receivers = writable<readonly ReceiveSlot[]>([]);
  private readonly tracks: Record<TrackKind, MediaStreamTrack | null> = {
    audio: null,
    video: null,
    screen: null,
  };
  private peer: RTCPeerConnection;
  private pairs: number;
  private told: Publish = NOTHING_TOLD;
  private relays: RTCIceServer[] = [];
  private tcp!: LastResort;
  private silence!: SilenceWatch;
  private sparing = false;
  private share: CameraShare = 'all';
  private sparesSound = false;
  private tuning: Promise<void> = Promise.resolve();
  private everConnected = false;
  private isMoving = false;
  private closed = false;
  private cancelCheck: (() => void) | null = null;

  constructor(private readonly options: TransportOptions) {
    this.timers = options.timers ?? realTimers;
    this.state = this.status;
    this.slots = this.receivers;
    this.pairs = options.slots;
    this.peer = this.build();
  }

  /** The offer for joining. A transport that was connected keeps its media and gets a new path. */
  async offer(): Promise<string> {
    const pending = this.peer.localDescription;
    if (this.peer.signalingState === 'have-local-offer') {
      if (!this.everConnected && pending) return compact(pending.sdp);
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
    const { sdp, candidates } = withoutTcp(answer);
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
    this.tcp.keep(candidates);
    if (this.silence.isSilent) this.tcp.use();
    if (!this.everConnected && !this.cancelCheck) {
      this.check(FIRST_PATIENCE_MS, () => this.startOver());
    }
    await this.tune();
    this.offerMissingSlots();
  }

  async send(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track;
    if (this.closed) return;
    await this.sender(kind)?.replaceTrack(track);
    if (kind !== 'audio') await this.tune();
  }

  /** What of the camera and the screen anybody needs: nothing else is encoded. */
  async publish(publish: Publish): Promise<void> {
    this.told = publish;
    if (!this.closed) await this.tune();
  }

  /** In the waiting room the camera is sent, so that being let in costs no start; but sparingly. */
  async spare(sparing: boolean): Promise<void> {
    if (this.sparing === sparing) return;
    this.sparing = sparing;
    if (!this.closed) await this.tune();
  }

  /** A network that carries hardly more than the sound is not asked for more, nor for all of that. */
  async restrain(share: CameraShare, sparesSound: boolean): Promise<void> {
    if (this.share === share && this.sparesSound === sparesSound) return;
    [this.share, this.sparesSound] = [share, sparesSound];
    if (!this.closed) await this.tune();
  }

  /** So many pairs of receive slots in all. */
  grow(pairs: number): void {
    this.pairs = Math.max(this.pairs, Math.min(pairs, MOST_PAIRS));
    this.offerMissingSlots();
  }

  /**
   * Relays for a network that lets nothing else through: part of every path that is looked for from
   * now on, and of one at once where no direct one comes up.
   */
  useRelays(servers: RTCIceServer[]): void {
    if (this.closed) return;
    this.relays = servers;
    this.peer.setConfiguration(this.configuration());
    if (!this.everConnected) this.check(DIRECT_PATIENCE_MS, () => this.restart());
  }

  /** The server could not take the offer now: another after a while. */
  tryLater(): void {
    this.status.set('busy');
    this.check(OVERLOADED_PATIENCE_MS, () => this.startOver());
  }

  /**
   * The network changed. What still hears the server gets a new path beside the present one. What
   * does not is given up, which is sooner done than waiting for ICE to notice: the next offer is of
   * a new transport. Whether it was given up.
   */
  async moved(): Promise<boolean> {
    const { peer } = this;
    if (this.closed || this.isMoving) return false;
    this.isMoving = true;
    const isHeard = !this.everConnected || (await this.silence.isStillHeard());
    this.isMoving = false;
    if (this.closed || this.peer !== peer) return false;
    if (isHeard) this.restart();
    else this.rebuild();
    return !isHeard;
  }

  /** New candidates at once, without waiting for ICE to notice that media stopped. */
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
    this.tcp.close();
    this.silence.close();
    this.peer.close();
  }

  private build(): RTCPeerConnection {
    const peer = new RTCPeerConnection(this.configuration());
    this.tcp?.close();
    this.silence?.close();
    this.tcp = new LastResort(peer, this.timers);
    this.silence = new SilenceWatch(peer, this.timers, () => this.seekAnother());
    const { audio, video, screen } = this.tracks;
    preferCodecs(peer.addTransceiver(audio ?? 'audio', { direction: 'sendonly' }), 'audio');
    const camera = peer.addTransceiver(video ?? 'video', {
      direction: 'sendonly',
      sendEncodings: this.cameraEncodings(),
    });
    preferCodecs(camera, 'video');
    const shown = peer.addTransceiver(screen ?? 'video', {
      direction: 'sendonly',
      sendEncodings: [SCREEN],
    });
    preferCodecs(shown, 'video');
    this.receivers.set([]);
    this.addSlots(peer, this.pairs);
    peer.onconnectionstatechange = () => this.peer === peer && this.observe();
    return peer;
  }

  private configuration(): RTCConfiguration {
    return { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers: this.relays };
  }

  private cameraEncodings(): RTCRtpEncodingParameters[] {
    const source = sourceOf(this.tracks.video);
    const names = layerNames(source, this.options.isWeak === true);
    const sending = this.sending();
    return encodings(source, Math.max(1, names.length), sending).map((encoding, layer) => {
      const rid = names[layer];
      // An inactive layer of the first offer would never be negotiated by some browsers.
      return { ...encoding, active: true, ...(rid ? { rid } : {}) };
    });
  }

  private sending(): Sending {
    const { told, share, sparing } = this;
    const wanted = share === 'lowest' && told.video.includes(true) ? [true] : [];
    return { publish: share === 'all' ? told : { ...told, video: wanted }, sparing };
  }

  /** Browsers number the m-lines in their order. */
  private addSlots(peer: RTCPeerConnection, pairs: number): void {
    const added = (['audio', 'video'] as const).flatMap((kind) =>
      Array.from({ length: pairs }, () => {
        const mid = String(peer.getTransceivers().length);
        const transceiver = peer.addTransceiver(kind, { direction: 'recvonly' });
        preferCodecs(transceiver, kind);
        return { mid, kind, stream: new MediaStream([transceiver.receiver.track]) };
      }),
    );
    this.receivers.set([...this.receivers.get(), ...added]);
  }

  private get missingPairs(): number {
    return this.pairs - this.receivers.get().length / 2;
  }

  private offerMissingSlots(): void {
    const { peer } = this;
    if (this.missingPairs <= 0 || this.closed || !this.options.ready()) return;
    if (peer.remoteDescription === null || peer.signalingState !== 'stable') return;
    void this.describe(false)
      .then((sdp) => this.options.sendOffer(sdp))
      .catch(() => this.startOver());
  }

  private rebuild(): void {
    const old = this.peer;
    old.onconnectionstatechange = null;
    this.peer = this.build();
    old.close();
  }

  private async describe(iceRestart: boolean): Promise<string> {
    const peer = this.peer;
    if (this.missingPairs > 0) this.addSlots(peer, this.missingPairs);
    const offer = await peer.createOffer({ iceRestart });
    await peer.setLocalDescription(offer);
    return compact(offer.sdp ?? '');
  }

  /**
   * A new path beside the one that fell silent, which goes on should it be heard again. TCP too: a
   * browser that reached us over UDP at once has not even gathered an address of its own for it.
   */
  private seekAnother(): void {
    this.tcp.use();
    this.restart();
    this.options.onSilence?.();
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
        this.tcp.use();
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
      this.cancelCheck = null;
      if (!this.closed && this.peer.connectionState !== 'connected') act();
    });
  }

  private sender(kind: TrackKind): RTCRtpSender | undefined {
    return this.peer.getTransceivers()[SENT.indexOf(kind)]?.sender;
  }

  /** One after the other: a browser refuses parameters that were read before others were set. */
  private tune(): Promise<void> {
    this.tuning = this.tuning.then(() => this.tuneNow());
    return this.tuning;
  }

  /** Resolution before frame rate: the stylist looks at skin, not at motion. */
  private async tuneNow(): Promise<void> {
    const { video } = this.tracks;
    const hint = this.told.subject ? 'detail' : '';
    if (video && 'contentHint' in video && video.contentHint !== hint) video.contentHint = hint;
    const sending = this.sending();
    await setParameters(this.sender('video'), (present) => {
      const wanted = encodings(sourceOf(video), present.length, sending);
      present.forEach((encoding, layer) => Object.assign(encoding, wanted[layer]));
    });
    await tuneSound(this.sender('audio'), this.sparesSound);
    await setParameters(this.sender('screen'), (present) => {
      for (const encoding of present) encoding.active = this.told.screen;
    });
  }
}

async function setParameters(
  sender: RTCRtpSender | undefined,
  change: (encodings: RTCRtpEncodingParameters[]) => void,
): Promise<void> {
  const parameters = sender?.getParameters();
  if (!sender || !parameters || parameters.encodings.length === 0) return;
  change(parameters.encodings);
  parameters.degradationPreference = 'maintain-resolution';
  await sender.setParameters(parameters).catch(() => undefined);
}

function sourceOf(track: MediaStreamTrack | null): Source | null {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? { width, height } : null;
}

function fingerprintOf(sdp: string | undefined): string | null {
  return /^a=fingerprint:\S+ (\S+)/m.exec(sdp ?? '')?.[1]?.toUpperCase() ?? null;
}

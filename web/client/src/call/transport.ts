// The one peer connection of a participant, and its way to the server: kept up, sought anew when nothing
// comes over it any more, and made anew when it cannot be saved.
//
// The m-lines have a fixed order (audio, camera and screen out, then receive slots) and exist from
// the first offer. Only a call with more people than slots gets further slots, at the end.

import { LastResort } from './last-resort';
import { realTimers, type Timers } from './platform';
import { Publishing } from './publishing';
import { ReceiveSlots, type ReceiveSlot } from './receive-slots';
import { compact, fingerprintOf, withoutTcp } from './sdp';
import { SilenceWatch } from './silence';
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
  /** What is sent. */
  readonly publishing: Publishing;
  private readonly status = writable<TransportState>('new');
  private readonly timers: Timers;
  private readonly received: ReceiveSlots;
  private peer: RTCPeerConnection;
  private relays: RTCIceServer[] = [];
  private tcp!: LastResort;
  private silence!: SilenceWatch;
  private everAgreed = false;
  private everConnected = false;
  private isMoving = false;
  private closed = false;
  private cancelCheck: (() => void) | null = null;

  constructor(private readonly options: TransportOptions) {
    this.timers = options.timers ?? realTimers;
    this.state = this.status;
    this.publishing = new Publishing(options.isWeak === true);
    this.received = new ReceiveSlots(options.slots);
    this.slots = this.received.all;
    this.peer = this.build();
  }

  /** The offer for joining. A transport that was connected keeps its media and gets a new path. */
  async offer(): Promise<string> {
    if (this.peer.connectionState === 'failed') this.rebuild();
    if (this.peer.signalingState === 'have-local-offer') {
      const pending = this.peer.localDescription;
      if (!this.everConnected && pending) return compact(pending.sdp);
      // Its answer was lost with the socket. The path that there is may yet come back.
      await this.peer.setLocalDescription({ type: 'rollback' });
    }
    return this.describe(this.peer.remoteDescription !== null);
  }

  /** Whether the server ever took an offer: then it and this browser can talk with one another. */
  get hasAgreed(): boolean {
    return this.everAgreed;
  }

  async accept(answer: string): Promise<void> {
    if (this.peer.signalingState !== 'have-local-offer') return this.passOver();
    const known = fingerprintOf(this.peer.remoteDescription?.sdp);
    if (known && known !== fingerprintOf(answer)) {
      // The server restarted: it cannot go on with a handshake that it never saw.
      this.rebuild();
      this.startOver();
      return;
    }
    const { sdp, candidates } = withoutTcp(answer);
    await this.peer.setRemoteDescription({ type: 'answer', sdp });
    this.everAgreed = true;
    this.tcp.keep(candidates);
    if (this.silence.isSilent) this.tcp.use();
    if (!this.everConnected && !this.cancelCheck) {
      this.check(FIRST_PATIENCE_MS, () => this.startOver());
    }
    await this.publishing.tune();
    this.offerMissingSlots();
  }

  /** So many pairs of receive slots in all. */
  grow(pairs: number): void {
    this.received.grow(pairs);
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
    if (this.peer.connectionState !== 'connected') this.status.set('busy');
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

  /** Keeps what comes by this track back for so many milliseconds at least; 0 is as the browser likes. */
  delayPlayout(track: string, ms: number): void {
    const receivers = this.peer.getReceivers();
    const receiver = receivers.find((one) => one.track.id === track);
    if (receiver && 'jitterBufferTarget' in receiver) receiver.jitterBufferTarget = ms || null;
  }

  stats(): Promise<RTCStatsReport> {
    return this.peer.getStats();
  }

  close(): void {
    this.closed = true;
    this.cancelCheck?.();
    this.tcp.close();
    this.silence.close();
    this.publishing.close();
    this.peer.close();
  }

  private build(): RTCPeerConnection {
    const peer = new RTCPeerConnection(this.configuration());
    this.tcp?.close();
    this.silence?.close();
    this.tcp = new LastResort(peer, this.timers);
    this.silence = new SilenceWatch(peer, this.timers, () => this.seekAnother());
    this.publishing.addTo(peer);
    this.received.addTo(peer);
    peer.onconnectionstatechange = () => this.peer === peer && this.observe();
    return peer;
  }

  private configuration(): RTCConfiguration {
    return { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers: this.relays };
  }

  private offerMissingSlots(): void {
    const { peer } = this;
    if (!this.received.areMissing || this.closed || !this.options.ready()) return;
    if (peer.remoteDescription === null || peer.signalingState !== 'stable') return;
    void this.describe(false)
      .then((sdp) => this.options.sendOffer(sdp))
      .catch(() => this.startOver());
  }

  /** An answer to a transport that is gone, where the present one may be waiting to be offered. */
  private passOver(): void {
    const { signalingState, remoteDescription } = this.peer;
    const hasBegun = signalingState !== 'stable' || remoteDescription !== null;
    if (!hasBegun && !this.cancelCheck) this.startOver();
  }

  private rebuild(): void {
    const old = this.peer;
    old.onconnectionstatechange = null;
    this.cancelCheck?.();
    this.cancelCheck = null;
    this.peer = this.build();
    old.close();
  }

  private async describe(iceRestart: boolean): Promise<string> {
    const peer = this.peer;
    this.received.addMissing(peer);
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
}

// A participant's whole call: joins by link or appointment, keeps socket and media alive, and does its
// part in captures. Screens watch `model` and call the verbs.

import { lookAt, type ScreenElement } from './capture';
import { Capturing } from './capturing';
import { Connection, type ConnectionStatus } from './connection';
import type { LocalMedia } from './devices';
import { warmUp } from './encode';
import { sayFarewell } from './farewell';
import { EMPTY, reduce, withConnection, withoutNotice, withRefusal, type CallModel } from './model';
import { isWeak, realTimers, type KeyValueStore } from './platform';
import { Playout } from './playout/playout';
import { Processor } from './processor/processor';
import {
  PROTOCOL_VERSION,
  type CaptureId,
  type ClientMessage,
  type ErrorCode,
  type Join,
  type ParticipantId,
  type ServerMessage,
  type TrackKind,
} from './protocol';
import { Reporting } from './reporting';
import { ScreenShare } from './screen';
import { defaultSocket } from './socket';
import { received } from './statistics/entries';
import { Statistics } from './statistics/statistics';
import { Stills } from './stills/stills';
import { writable, type Readable } from './store';
import { pictures, Tiles } from './tiles';
import { Transport } from './transport';
import type { UploadQueue } from './uploads';

/** `offline`: there is no call to say it to just now. */
export type Refusal = ErrorCode | 'offline';
export type Door = { link: string } | { appointment: string };

export interface SessionOptions {
  url: string;
  door: Door;
  media: LocalMedia;
  uploads: UploadQueue;
  store: KeyValueStore;
}

/** So long the server keeps the place of somebody whom it does not hear. */
const PLACE_KEPT_MS = 60_000;
/** Later, who has left may be back in the same place by another device. */
const FAREWELL_MS = 20_000;
/** As many others as most calls have; the server asks for more. */
const RECEIVE_SLOTS = 5;

export class CallSession {
  readonly model: Readable<CallModel>;
  readonly transport: Transport;
  /** One's own screen, while it is shown. */
  readonly screen: ScreenShare;
  /** What the page shows of whom. */
  readonly tiles: Tiles;
  /** Whether this device keeps up. */
  readonly processor = new Processor();
  /** Pictures in the place of videos that a network does not carry. */
  readonly stills: Stills;
  /** A snapshot was taken: show and sound the shutter. */
  onShutter: (capture: CaptureId) => void = () => undefined;
  /** Something asked for was refused, and the call goes on. */
  onRefused: (code: Refusal, capture: CaptureId | null) => void = () => undefined;
  private readonly store = writable<CallModel>(EMPTY);
  private readonly connection: Connection;
  private readonly capturing: Capturing;
  private readonly reporting: Reporting;
  private readonly statistics: Statistics;
  private seq = 0;
  /** Since when the server is out of reach, if it was reached. */
  private lostAt: number | null = null;

  constructor(private readonly options: SessionOptions) {
    this.model = this.store;
    this.transport = new Transport({
      slots: RECEIVE_SLOTS,
      isWeak: isWeak(),
      ready: () => this.store.get().connection === 'joined',
      sendOffer: (sdp) => void this.connection.send({ type: 'offer', sdp }),
      onSilence: () => this.connection.doubt(),
    });
    this.connection = new Connection({
      url: options.url,
      store: options.store,
      storeKey: this.storeKey,
      join: () => this.join(),
      onMessage: (message) => this.receive(message),
      onStatus: (status) => this.follow(status),
      isHeard: () => this.stills.isHeard(),
    });
    this.screen = new ScreenShare({
      isInCall: () => this.store.get().phase === 'call',
      onTrack: (track) => this.sendScreen(track),
      say: (message) => this.say(message),
    });
    this.tiles = new Tiles(
      () => pictures(this.store.get()),
      (tiles) => this.store.get().phase === 'call' && this.connection.send({ type: 'view', tiles }),
    );
    this.stills = new Stills({
      model: this.model,
      transport: this.transport,
      publishing: this.transport.publishing,
      tiles: this.tiles,
      processor: this.processor,
      camera: () => (this.sending().video ? options.media.state.get().camera.track : null),
      say: (message) => this.connection.send(message),
    });
    const playout = new Playout((track, ms) => this.transport.delayPlayout(track, ms));
    this.statistics = new Statistics({
      transport: this.transport,
      isInCall: () => this.store.get().phase === 'call',
      each: (entries) => {
        this.processor.see(received(entries));
        playout.look(entries);
        this.stills.look(entries);
      },
    });
    this.reporting = new Reporting(
      this.transport,
      (report) => void this.connection.send({ type: 'report', ...report }),
    );
    this.capturing = new Capturing({
      uploads: options.uploads,
      camera: () => options.media.state.get().camera.track,
      roundTripMs: () => this.reporting.roundTripMs,
      say: (message) => this.say(message),
      onLost: (capture) => this.onRefused('internal', capture),
    });
    this.processor.relief.subscribe((relief) => {
      this.tiles.relieve(relief);
      void this.transport.publishing.relieve(relief);
    });
    this.followMedia();
  }

  start(): void {
    warmUp();
    this.connection.start();
    this.reporting.start();
    this.processor.start();
    this.statistics.start();
  }

  admit(participant: ParticipantId): void {
    this.ask({ type: 'admit', participant });
  }

  sendBack(participant: ParticipantId): void {
    this.ask({ type: 'send_back', participant });
  }

  remove(participant: ParticipantId): void {
    this.ask({ type: 'remove', participant });
  }

  /** While it is locked nobody new comes in. */
  lock(locked: boolean): void {
    this.ask({ type: 'lock', locked });
  }

  /** Stops what somebody sends, until they send it again. */
  silence(participant: ParticipantId, kind: TrackKind): void {
    this.ask({ type: 'silence', participant, kind });
  }

  /** Marks whose picture the call is about. */
  mark(participant: ParticipantId | null): void {
    this.ask({ type: 'subject', participant });
  }

  /** Takes a snapshot of what `screen` shows of `target`. Null when the call is out of reach just now. */
  capture(target: ParticipantId, screen: ScreenElement): CaptureId | null {
    return this.capturing.ask(target, screen);
  }

  async setMicrophone(on: boolean): Promise<void> {
    this.allowed('audio');
    await this.options.media.setMicrophone(on);
    this.tellMute();
  }

  async setCamera(on: boolean): Promise<void> {
    this.allowed('video');
    const done = this.options.media.setCamera(on);
    if (!on) this.tellMute();
    await done;
    this.tellMute();
  }

  /** The page or the network came back. */
  wake(): void {
    this.connection.wake();
    this.options.uploads.wake();
    void this.options.media.wake();
  }

  /** Another network: the old path and the socket may be dead though nobody has noticed yet. */
  networkChanged(): void {
    this.wake();
    this.stills.networkChanged();
    void this.transport.moved().then((isGivenUp) => isGivenUp && this.connection.reopen());
  }

  leave(): void {
    const resume = this.options.store.getItem(this.storeKey);
    const isTold = this.connection.send({ type: 'leave' });
    this.stop();
    this.connection.close();
    if (!isTold && resume !== null) this.tellLater(resume);
  }

  /** Ends it for everybody. */
  end(): void {
    this.ask({ type: 'end' });
  }

  /** The page is going away; the seat is kept for its return. */
  detach(): void {
    this.stop();
    this.connection.detach();
  }

  private tellLater(resume: string): void {
    if (this.lostAt === null) return;
    const { url, door, store } = this.options;
    sayFarewell({
      openSocket: () => defaultSocket(url),
      join: { version: PROTOCOL_VERSION, ...door, resume, audio: false, video: false },
      until: Math.min(this.lostAt + PLACE_KEPT_MS, realTimers.now() + FAREWELL_MS),
      isBack: () => store.getItem(this.storeKey) !== null,
      timers: realTimers,
    });
  }

  private stop(): void {
    this.reporting.stop();
    this.processor.stop();
    this.statistics.stop();
    this.stills.reset();
    this.tiles.close();
    this.screen.close();
    this.transport.close();
  }

  private follow(status: ConnectionStatus): void {
    if (status === 'joined') this.lostAt = null;
    if (status === 'reconnecting') this.lostAt ??= realTimers.now();
    this.store.update((model) => withConnection(model, status));
    if (status === 'closed' || status === 'superseded') this.stop();
  }

  private get storeKey(): string {
    return `closeup.resume.${Object.values(this.options.door).join()}`;
  }

  private async join(): Promise<Join> {
    const offer = await this.transport.offer();
    return { version: PROTOCOL_VERSION, ...this.options.door, offer, ...this.sending() };
  }

  private receive(message: ServerMessage): void {
    this.store.update((model) => reduce(model, message, Date.now()));
    if ('place' in message || message.type === 'joined') {
      void this.transport.publishing.spare(this.store.get().phase === 'lobby');
    }
    this.stills.receive(message);
    switch (message.type) {
      case 'joined':
        this.stills.joined(message);
        if (message.ice_servers) this.transport.useRelays(message.ice_servers);
        if (message.answer) void this.accept(message.answer);
        else this.transport.tryLater();
        this.tellMute();
        this.screen.seated();
        this.tiles.again();
        this.capturing.rejoined();
        break;
      case 'placed':
        this.screen.seated();
        this.tiles.again();
        break;
      case 'participant':
      case 'gone':
      case 'subject':
        this.tiles.changed();
        break;
      case 'publish':
        void this.transport.publishing.publish(message);
        break;
      case 'more_slots':
        this.transport.grow(message.wanted);
        break;
      case 'silenced':
        void this.obey(message.kind);
        break;
      case 'answer':
        void this.accept(message.sdp);
        break;
      case 'capture_request':
        void this.capturing.requested(message.id);
        break;
      case 'capture_started':
        this.onShutter(message.id);
        void this.capturing.started(message.id);
        break;
      case 'error':
        this.refused(message.code, message.re);
        break;
    }
  }

  private async accept(answer: string): Promise<void> {
    await this.transport.accept(answer).catch(() => this.transport.startOver());
  }

  private refused(code: ErrorCode, re: number | undefined): void {
    // Of a refused join the connection knows, and the model says why.
    if (this.store.get().connection !== 'joined') return;
    if (code === 'unsupported_media' && !this.transport.hasAgreed) return this.giveUp(code);
    if (code === 'overloaded') this.transport.tryLater();
    this.screen.refused(re);
    // Whatever is pressed has a number. Of the rest only offers are refused so, which are made again.
    const isOfOffer = re === undefined && (code === 'internal' || code === 'room_full');
    this.onRefused(isOfOffer ? 'overloaded' : code, this.capturing.refused(re));
  }

  /** No other attempt would do better. The page says so in the place of the call. */
  private giveUp(code: ErrorCode): void {
    this.store.update((model) => withRefusal(model, code));
    this.leave();
  }

  /** What must not be lost without a word. */
  private ask(message: ClientMessage): void {
    if (this.say(message) === null) this.onRefused('offline', null);
  }

  /** Returns the number by which a refusal names it; `null` when there is no call to say it to. */
  private say(message: ClientMessage): number | null {
    const seq = (this.seq += 1);
    return this.connection.send({ ...message, seq }) ? seq : null;
  }

  private followMedia(): void {
    const { media } = this.options;
    const { camera, microphone } = media.state.get();
    void this.transport.publishing.send('video', camera.track);
    void this.transport.publishing.send('audio', microphone.track);
    if (camera.track) lookAt(camera.track);
    media.onTrack = (kind, track) => {
      void this.transport.publishing.send(kind, track);
      if (kind === 'video' && track) lookAt(track);
      this.tellMute();
    };
  }

  private sendScreen(track: MediaStreamTrack | null): void {
    void this.transport.publishing.send('screen', track);
    this.allowed('screen');
  }

  /** A host has stopped it: the device says so too, and its owner may turn it on again. */
  private async obey(kind: TrackKind): Promise<void> {
    if (kind === 'screen') this.screen.stop();
    if (kind === 'video') await this.options.media.setCamera(false);
    if (kind === 'audio') await this.options.media.setMicrophone(false);
    this.tellMute();
  }

  /** One's own press says that the notice was seen. */
  private allowed(kind: TrackKind): void {
    this.store.update((model) => withoutNotice(model, kind));
  }

  private tellMute(): void {
    this.stills.cameraChanged();
    this.connection.send({ type: 'mute', ...this.sending() });
  }

  private sending(): { audio: boolean; video: boolean } {
    const { camera, microphone } = this.options.media.state.get();
    return {
      audio: microphone.wanted && microphone.track !== null,
      video: camera.wanted && camera.track !== null,
    };
  }
}

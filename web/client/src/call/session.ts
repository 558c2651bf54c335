// A participant's whole call: joins by link or appointment, keeps socket and media alive, and does its
// part in captures. Screens watch `model` and call the verbs.

import { pictureOfCamera, pictureOfScreen } from './capture';
import { Connection } from './connection';
import type { LocalMedia } from './devices';
import { warmUp } from './encode';
import { EMPTY, reduce, withConnection, withoutNotice, type CallModel } from './model';
import type { KeyValueStore } from './platform';
import {
  PROTOCOL_VERSION,
  type CaptureId,
  type CaptureSource,
  type CaptureStage,
  type ErrorCode,
  type Join,
  type ParticipantId,
  type ServerMessage,
  type TrackKind,
} from './protocol';
import { QualityMeter } from './quality';
import { ScreenShare, type ScreenFailure } from './screen';
import { writable, type Readable } from './store';
import { Tiles, type Picture } from './tiles';
import { Transport } from './transport';
import type { UploadQueue } from './uploads';

export type Door = { link: string } | { appointment: string };

export interface SessionOptions {
  url: string;
  door: Door;
  media: LocalMedia;
  uploads: UploadQueue;
  store: KeyValueStore;
}

/** As many others as most calls have; the server asks for more. */
const RECEIVE_SLOTS = 5;
const REPORT_MS = 3000;
/** An uplink nobody has measured: on a near network assume plenty, else what a phone gets. */
const NEAR_MS = 15;
const NEAR_BPS = 100_000_000;
const FAR_BPS = 6_000_000;

export class CallSession {
  readonly model: Readable<CallModel>;
  readonly transport: Transport;
  /** One's own screen, while it is shown. */
  readonly screen: ScreenShare;
  /** What the page shows of whom. */
  readonly tiles: Tiles;
  /** A snapshot was taken: show and sound the shutter. */
  onShutter: (capture: CaptureId) => void = () => undefined;
  /** Something asked for was refused, and the call goes on. */
  onRefused: (code: ErrorCode, capture: CaptureId | null) => void = () => undefined;
  private readonly store = writable<CallModel>(EMPTY);
  private readonly connection: Connection;
  private readonly meter = new QualityMeter();
  private roundTripMs: number | null = null;
  private reporting: ReturnType<typeof setInterval> | null = null;
  private seq = 0;
  private asked = new Map<number, CaptureId>();
  private heldPictures = new Map<CaptureId, ReturnType<typeof pictureOfScreen>>();

  constructor(private readonly options: SessionOptions) {
    this.model = this.store;
    this.transport = new Transport({
      slots: RECEIVE_SLOTS,
      isWeak: isWeak(),
      ready: () => this.store.get().connection === 'joined',
      sendOffer: (sdp) => void this.connection.send({ type: 'offer', sdp }),
    });
    this.connection = new Connection({
      url: options.url,
      store: options.store,
      storeKey: `closeup.resume.${Object.values(options.door).join()}`,
      join: () => this.join(),
      onMessage: (message) => this.receive(message),
      onStatus: (status) => this.store.update((model) => withConnection(model, status)),
    });
    this.screen = new ScreenShare((track) => this.showScreen(track));
    this.tiles = new Tiles(
      () => pictures(this.store.get()),
      (tiles) => this.store.get().phase === 'call' && this.connection.send({ type: 'view', tiles }),
    );
    this.followMedia();
    this.followUploads();
  }

  start(): void {
    warmUp();
    this.connection.start();
    this.reporting = setInterval(() => void this.report(), REPORT_MS);
  }

  admit(participant: ParticipantId): void {
    this.connection.send({ type: 'admit', participant });
  }

  sendBack(participant: ParticipantId): void {
    this.connection.send({ type: 'send_back', participant });
  }

  remove(participant: ParticipantId): void {
    this.connection.send({ type: 'remove', participant });
  }

  /** While it is locked nobody new comes in. */
  lock(locked: boolean): void {
    this.connection.send({ type: 'lock', locked });
  }

  /** Stops what somebody sends, until they send it again. */
  silence(participant: ParticipantId, kind: TrackKind): void {
    this.connection.send({ type: 'silence', participant, kind });
  }

  /** Marks whose picture the call is about. */
  mark(participant: ParticipantId | null): void {
    this.connection.send({ type: 'subject', participant });
  }

  /** `null` when the screen is shown, or is about to be. */
  shareScreen(): Promise<ScreenFailure | null> {
    return this.screen.start();
  }

  /** Takes a snapshot of what `screen` shows of `target`. Null when the call is out of reach just now. */
  capture(target: ParticipantId, screen: HTMLVideoElement): CaptureId | null {
    const id = newId();
    const seq = (this.seq += 1);
    if (!this.connection.send({ type: 'capture', id, target, seq })) return null;
    this.asked.set(seq, id);
    const picture = pictureOfScreen(screen);
    picture.catch(() => undefined);
    this.heldPictures.set(id, picture);
    return id;
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

  /** Another network: the old path is dead even where ICE has not noticed. */
  networkChanged(): void {
    this.wake();
    this.transport.restart();
  }

  leave(): void {
    this.connection.send({ type: 'leave' });
    this.stop();
    this.connection.close();
  }

  /** Ends it for everybody. */
  end(): void {
    this.connection.send({ type: 'end' });
  }

  /** The page is going away; the seat is kept for its return. */
  detach(): void {
    this.stop();
    this.connection.detach();
  }

  private stop(): void {
    if (this.reporting) clearInterval(this.reporting);
    this.tiles.close();
    this.screen.stop();
    this.transport.close();
  }

  private async join(): Promise<Join> {
    const offer = await this.transport.offer();
    return { version: PROTOCOL_VERSION, ...this.options.door, offer, ...this.sending() };
  }

  private receive(message: ServerMessage): void {
    this.store.update((model) => reduce(model, message, Date.now()));
    if ('place' in message || message.type === 'joined') {
      void this.transport.spare(this.store.get().phase === 'lobby');
    }
    switch (message.type) {
      case 'joined':
        if (message.answer) void this.accept(message.answer);
        if (message.ice_servers) this.transport.useRelays(message.ice_servers);
        this.tellMute();
        this.tellScreen();
        this.tiles.again();
        break;
      case 'placed':
        if (message.place === 'lobby') this.screen.stop();
        this.tiles.again();
        break;
      case 'participant':
      case 'gone':
        this.tiles.changed();
        break;
      case 'publish':
        void this.transport.publish(message);
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
        void this.grabCamera(message.id);
        break;
      case 'capture_started':
        this.onShutter(message.id);
        void this.keepReceived(message.id);
        break;
      case 'error':
        this.refused(message.code, message.re);
        break;
      case 'ended':
        this.stop();
        break;
    }
  }

  private async accept(answer: string): Promise<void> {
    await this.transport.accept(answer).catch(() => this.transport.startOver());
  }

  private refused(code: ErrorCode, re: number | undefined): void {
    if (code === 'overloaded') this.transport.tryLater();
    const capture = re === undefined ? null : (this.asked.get(re) ?? null);
    if (capture) this.heldPictures.delete(capture);
    if (code === 'screen_taken') this.screen.stop();
    this.onRefused(code, capture);
  }

  private async grabCamera(id: CaptureId): Promise<void> {
    const { track } = this.options.media.state.get().camera;
    try {
      if (!track) throw new Error('the camera is off');
      const picture = await pictureOfCamera(track, this.uplinkBps());
      this.tellStage(id, 'camera', 'grabbed');
      await this.options.uploads.add(id, 'camera', picture);
    } catch (error) {
      this.tellStage(id, 'camera', 'failed', String(error).slice(0, 180));
    }
  }

  /** Only after the server knows of the capture: before, it would refuse the upload. */
  private async keepReceived(id: CaptureId): Promise<void> {
    const held = this.heldPictures.get(id);
    this.heldPictures.delete(id);
    if (!held) return;
    try {
      await this.options.uploads.add(id, 'received', await held);
    } catch (error) {
      this.tellStage(id, 'received', 'failed', String(error).slice(0, 180));
    }
  }

  private uplinkBps(): number {
    const near = this.roundTripMs !== null && this.roundTripMs < NEAR_MS;
    return this.options.uploads.uplinkBps ?? (near ? NEAR_BPS : FAR_BPS);
  }

  private followMedia(): void {
    const { media } = this.options;
    const { camera, microphone } = media.state.get();
    void this.transport.send('video', camera.track);
    void this.transport.send('audio', microphone.track);
    media.onTrack = (kind, track) => {
      void this.transport.send(kind, track);
      this.tellMute();
    };
  }

  private followUploads(): void {
    this.options.uploads.onStage = (id, source, stage, detail) =>
      this.tellStage(id, source, stage, detail);
  }

  private tellStage(
    id: CaptureId,
    source: CaptureSource,
    state: CaptureStage,
    detail?: string,
  ): void {
    this.connection.send({
      type: 'capture_state',
      id,
      source,
      state,
      ...(detail ? { detail } : {}),
    });
  }

  private showScreen(track: MediaStreamTrack | null): void {
    void this.transport.send('screen', track);
    this.allowed('screen');
    this.connection.send({ type: 'screen', on: track !== null });
  }

  /** A new seat or socket knows of no screen. */
  private tellScreen(): void {
    if (this.screen.track.get() && this.store.get().phase === 'call') {
      this.connection.send({ type: 'screen', on: true });
    }
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
    this.connection.send({ type: 'mute', ...this.sending() });
  }

  private sending(): { audio: boolean; video: boolean } {
    const { camera, microphone } = this.options.media.state.get();
    return {
      audio: microphone.wanted && microphone.track !== null,
      video: camera.wanted && camera.track !== null,
    };
  }

  private async report(): Promise<void> {
    if (this.transport.state.get() !== 'connected') return;
    const stats = await this.transport.stats();
    const report = this.meter.measure(stats.values() as Iterable<never>, Date.now());
    this.roundTripMs = report.round_trip_ms ?? this.roundTripMs;
    this.connection.send({ type: 'report', ...report });
  }
}

/** All that others in the call may show. */
function pictures({ people, you }: CallModel): Picture[] {
  const others = [...people.values()].filter(({ id, place }) => id !== you?.id && place === 'call');
  return others.flatMap(({ id, screen }) => [
    { participant: id, kind: 'video' as const },
    ...(screen ? [{ participant: id, kind: 'screen' as const }] : []),
  ]);
}

/** A phone with few cores or little memory. */
function isWeak(): boolean {
  const { hardwareConcurrency = 8, userAgent } = navigator;
  const { deviceMemory = 8 } = navigator as { deviceMemory?: number };
  return /Mobi|Android/i.test(userAgent) && (hardwareConcurrency <= 4 || deviceMemory <= 2);
}

/** `randomUUID` exists in secure contexts only, and so does the camera. */
function newId(): CaptureId {
  return crypto.randomUUID();
}

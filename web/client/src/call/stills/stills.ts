// A call's still pictures, where a network carries no video: notices whose picture does not arrive
// and whether one's own goes out, tells the server, and has pictures sent and fetched instead.

import type { CallModel } from '../model';
import { pictureKey } from '../model';
import { realTimers, type Timers } from '../platform';
import type { Processor } from '../processor/processor';
import type { ClientMessage, Grade, Joined, ParticipantId, ServerMessage } from '../protocol';
import type { CameraShare, Publishing } from '../publishing';
import {
  bytesReceived,
  type Entry,
  type Frames,
  framesOf,
  incoming,
  outgoing,
} from '../statistics/entries';
import { LOOK_EVERY_MS } from '../statistics/statistics';
import type { Readable } from '../store';
import { writable } from '../store';
import type { Tiles } from '../tiles';
import type { Transport } from '../transport';
import { Arrivals, type Sight } from './arrivals';
import { StillsClient } from './client';
import { DownlinkWatch } from './downlink';
import { Giving } from './giving';
import { Seeing, type ShownStill } from './seeing';
import { Shaping } from './shape';
import { takeStill } from './taking';
import { Outage } from './outage';
import { Trips } from './trips';
import { UplinkWatch } from './uplink';
import type { Way } from './way';

/** What others see of oneself. */
export interface OwnStills {
  /** One's own network carries no video. */
  weak: boolean;
  /** Who sees still pictures of oneself now. */
  by: readonly ParticipantId[];
}

export interface StillsOptions {
  model: Readable<CallModel>;
  transport: Pick<Transport, 'slots'>;
  publishing: Pick<Publishing, 'restrain' | 'afford'>;
  tiles: Pick<Tiles, 'shows' | 'withholdCameras'>;
  processor: Pick<Processor, 'isShort'>;
  /** One's own, while it is on. */
  camera(): MediaStreamTrack | null;
  /** False when it cannot be said now. */
  say(message: ClientMessage): boolean;
  client?: StillsClient;
  take?: (track: MediaStreamTrack, most: number) => Promise<Blob>;
  timers?: Timers;
}

/** What a network brings is told anew when it differs by so much. */
const OTHERWISE = 1.5;
const SHARES: Record<Way, CameraShare> = { video: 'all', trying: 'lowest', stills: 'none' };
const NOBODY: OwnStills = { weak: false, by: [] };
const NONE: Frames = { decoded: 0, arrived: 0 };

export class Stills {
  /** Of those whose video does not arrive. */
  readonly shown: Readable<ReadonlyMap<ParticipantId, ShownStill>>;
  readonly own: Readable<OwnStills>;
  private readonly ownStore = writable<OwnStills>(NOBODY);
  private readonly client: StillsClient;
  private readonly timers: Timers;
  private readonly seeing: Seeing;
  private readonly giving: Giving;
  private arrivals = new Arrivals();
  private uplink = new UplinkWatch();
  private downlink = new DownlinkWatch();
  /** What the server knows of it. */
  private told = { lacking: '', mostBytes: 0, stills: false };
  private isAsked = true;
  private received = 0;
  private heardAt = -Infinity;
  private outage = new Outage();
  private trips = new Trips();

  constructor(private readonly options: StillsOptions) {
    this.timers = options.timers ?? realTimers;
    this.client = options.client ?? new StillsClient({ timers: this.timers });
    this.seeing = new Seeing({
      client: this.client,
      onPassed: (bitsPerSecond) => this.downlink.passed(bitsPerSecond),
      timers: this.timers,
    });
    const shaping = new Shaping();
    this.giving = new Giving({
      client: this.client,
      you: () => options.model.get().you?.id ?? null,
      camera: () => options.camera(),
      take: options.take ?? ((track, most) => takeStill(track, shaping, most)),
      onPassed: (bitsPerSecond) => this.uplink.passed(bitsPerSecond),
      timers: this.timers,
    });
    this.shown = this.seeing.shown;
    this.own = this.ownStore;
  }

  /** A new socket knows nothing of what was said on the former one. */
  joined({ call, resume }: Joined): void {
    this.client.seat = { call: call.id, token: resume };
    this.told = { lacking: '', mostBytes: 0, stills: false };
    this.wanted([], null);
  }

  receive(message: ServerMessage): void {
    switch (message.type) {
      case 'stills_wanted':
        return this.wanted(message.by, message.most_bytes ?? null);
      case 'still':
        return this.seeing.announced(message.participant, message.age_ms);
      case 'publish':
        this.isAsked = message.video.includes(true);
        return;
      case 'placed':
        if (message.place === 'lobby') this.reset();
    }
  }

  /** Whether packets came a moment ago. */
  isHeard(): boolean {
    return this.timers.now() - this.heardAt < 2 * LOOK_EVERY_MS;
  }

  cameraChanged(): void {
    this.giving.cameraChanged();
  }

  /** Another network: what was learnt of the former says nothing. */
  networkChanged(): void {
    this.uplink.forget();
    this.downlink.forget();
    this.trips = new Trips();
  }

  /** The call is over, or this page's part in it. */
  reset(): void {
    this.arrivals = new Arrivals();
    this.uplink = new UplinkWatch();
    this.downlink = new DownlinkWatch();
    this.trips = new Trips();
    this.options.tiles.withholdCameras(false);
    this.told = { lacking: '', mostBytes: 0, stills: false };
    this.seeing.lack([]);
    this.wanted([], null);
    this.restrain('video');
  }

  private wanted(by: readonly ParticipantId[], mostBytes: number | null): void {
    this.ownStore.update((own) => ({ ...own, by }));
    this.giving.want(by.length > 0, mostBytes);
  }

  /** Every second of the call, at what the browser says then. */
  look(entries: readonly Entry[]): void {
    const [at, out] = [this.timers.now(), outgoing(entries)];
    const packets = incoming(entries);
    if (packets.received > this.received) this.heardAt = at;
    const isSettled = this.outage.isOver(at, bytesReceived(entries));
    const strained = this.downlink.isLossy(packets);
    this.received = packets.received;
    const busy = this.options.processor.isShort();
    const roundTrip = this.trips.note(out.roundTrip, busy);
    const sights = this.sights(framesOf(entries), strained, busy);
    const lacking = this.arrivals.look(sights, at);
    const lost = lacking.filter((id) => this.isFitToArrive(id)).length;
    const seen = {
      at,
      ...packets,
      roundTrip,
      lacking: lost,
      flowing: sights.length - lacking.length,
    };
    const down = isSettled ? this.downlink.measure(seen) : this.downlink.pass(seen);
    this.options.tiles.withholdCameras(down === 'stills');
    this.lack(lacking);
    const asked = this.isAsked && this.options.camera() !== null;
    void this.options.publishing.afford(out.estimate);
    const by = this.ownStore.get().by.length;
    const given = { at, ...out, roundTrip, busy, asked, lacking: by > 0 };
    this.restrain(isSettled ? this.uplink.measure(given) : this.uplink.pass(given));
  }

  private lack(lacking: readonly ParticipantId[]): void {
    this.seeing.lack(lacking);
    const mostBytes = this.seeing.mostBytes ?? 0;
    const list = lacking.join();
    const ratio =
      Math.max(mostBytes, this.told.mostBytes) / Math.min(mostBytes, this.told.mostBytes);
    const isOtherwise = lacking.length > 0 && mostBytes > 0 && ratio >= OTHERWISE;
    if (list === this.told.lacking && !isOtherwise) return;
    const limit = mostBytes > 0 ? { most_bytes: mostBytes } : {};
    if (this.options.say({ type: 'lacking', pictures: [...lacking], ...limit }))
      this.told = { ...this.told, lacking: list, mostBytes };
  }

  /** The cameras that are on, and in sight on this page. */
  private sights(frames: ReadonlyMap<string, Frames>, strained: boolean, busy: boolean): Sight[] {
    const { people, slots, paused, you } = this.options.model.get();
    const received = this.options.transport.slots.get();
    return [...people.values()]
      .filter(({ id, place, video }) => {
        const isOn = place === 'call' && video;
        return id !== you?.id && isOn && this.options.tiles.shows(id, 'video');
      })
      .map(({ id, stills = false }) => {
        const mid = slots.find((slot) => slot.participant === id && slot.kind === 'video')?.mid;
        const stream = received.find((slot) => slot.mid === mid)?.stream;
        const track = stream?.getVideoTracks()[0]?.id ?? '';
        const isPaused = paused.has(pictureKey(id, 'video'));
        const expected = strained || isPaused || this.isAnyPoor(id);
        return { participant: id, frames: frames.get(track) ?? NONE, busy, expected, stills };
      });
  }

  /** Whether it cannot be for their network that somebody's video does not arrive. */
  private isFitToArrive(id: ParticipantId): boolean {
    const { people, quality } = this.options.model.get();
    const person = people.get(id);
    return person?.presence === 'here' && !person.stills && !isPoor(quality.get(id)?.uplink);
  }

  /** Whether their way to the server is poor, or one's own from there. */
  private isAnyPoor(id: ParticipantId): boolean {
    const { quality, you } = this.options.model.get();
    return isPoor(quality.get(id)?.uplink) || (!!you && isPoor(quality.get(you.id)?.downlink));
  }

  private restrain(way: Way): void {
    const weak = way !== 'video';
    // Theirs is as narrow, and it is this page's sound that they hear.
    const isHeardByWeak = this.ownStore.get().by.length > 0;
    const sound = weak || this.uplink.isTight ? 'least' : isHeardByWeak ? 'sparing' : 'all';
    void this.options.publishing.restrain(SHARES[way], sound);
    if (weak !== this.ownStore.get().weak) this.ownStore.update((own) => ({ ...own, weak }));
    if (weak === this.told.stills) return;
    if (this.options.say({ type: 'stills', on: weak })) this.told.stills = weak;
  }
}

const isPoor = (grade: Grade | undefined) => grade === 'poor' || grade === 'lost';

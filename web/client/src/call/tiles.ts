// What the page shows of whom, told to the server, which sends no more than can be seen. A page
// registers each of its tiles and keeps their heights; whoever has no tile is hidden.

import type { CallModel } from './model';
import { realTimers, type Timers } from './platform';
import type { Relief } from './processor/relief';
import type { ParticipantId, Tile, TrackKind } from './protocol';

export type PictureKind = Exclude<TrackKind, 'audio'>;

export interface Shown {
  participant: ParticipantId;
  kind: PictureKind;
  /** In the device's own pixels; 0 is hidden. */
  height: number;
  pinned: boolean;
}

/** Somebody in the call who may have a tile. */
export interface Picture {
  participant: ParticipantId;
  kind: PictureKind;
  /** The one that the call is about. */
  subject?: boolean;
}

/** All that others in the call may show. */
export function pictures({ people, subject, you }: CallModel): Picture[] {
  const others = [...people.values()].filter(({ id, place }) => id !== you?.id && place === 'call');
  return others.flatMap(({ id, screen }) => [
    { participant: id, kind: 'video' as const, ...(id === subject ? { subject: true } : {}) },
    ...(screen ? [{ participant: id, kind: 'screen' as const }] : []),
  ]);
}

const MOST_TILES = 64;
/** Layouts settle, and people scroll past. */
const SETTLE_MS = 120;
/** Finer than any layer: a window that is dragged says little. */
const STEP = 20;
/** To a device that is short of processor, cameras come with no more lines than these: the one that is
    shown larger than all others, and the rest. Not what was pinned, nor what the call is about. */
const MOST_LINES: Record<Relief, { largest: number; others: number }> = {
  0: { largest: Infinity, others: Infinity },
  1: { largest: Infinity, others: 360 },
  2: { largest: 360, others: 180 },
};

export class Tiles {
  private readonly shown = new Map<object, Shown>();
  private told = '';
  private withholds = false;
  private relief: Relief = 0;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly pictures: () => readonly Picture[],
    private readonly tell: (tiles: Tile[]) => boolean,
    private readonly timers: Timers = realTimers,
  ) {}

  /** `key` is the same for the tile's life. */
  set(key: object, shown: Shown): void {
    this.shown.set(key, shown);
    this.soon();
  }

  remove(key: object): void {
    if (this.shown.delete(key)) this.soon();
  }

  /** Whether a picture is in sight on this page. */
  shows(participant: ParticipantId, kind: PictureKind): boolean {
    return [...this.shown.values()].some(
      (shown) => shown.participant === participant && shown.kind === kind && shown.height > 0,
    );
  }

  /** Whether the server is told that cameras are hidden though they are in sight: a network that
      carries none of them needs the room for the sound. */
  withholdCameras(withholds: boolean): void {
    if (this.withholds === withholds) return;
    this.withholds = withholds;
    this.soon();
  }

  /** A device that is short of processor asks for coarser pictures. */
  relieve(relief: Relief): void {
    if (this.relief === relief) return;
    this.relief = relief;
    this.soon();
  }

  /** Somebody came or went. */
  changed(): void {
    this.soon();
  }

  /** The server has forgotten what it was told. */
  again(): void {
    this.told = '';
    this.soon();
  }

  close(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private soon(): void {
    this.cancel ??= this.timers.after(SETTLE_MS, () => {
      this.cancel = null;
      const tiles = this.view();
      const text = JSON.stringify(tiles);
      if (text !== this.told && this.tell(tiles)) this.told = text;
    });
  }

  private view(): Tile[] {
    const tiles = this.pictures()
      .slice(0, MOST_TILES)
      .map((picture) => this.tile(picture));
    const heights = tiles.map(({ height }) => height).sort((a, b) => b - a);
    const largest = heights[0] === heights[1] ? Infinity : heights[0];
    return tiles.map(({ subject, ...tile }) => {
      const { participant, kind, height, pinned } = tile;
      const most = MOST_LINES[this.relief][height === largest ? 'largest' : 'others'];
      const isCapped = kind === 'video' && !pinned && !subject;
      return {
        participant,
        kind,
        height: isCapped ? Math.min(most, height) : height,
        ...(pinned ? { pinned } : {}),
      };
    });
  }

  /** Of two tiles of one picture the larger counts. */
  private tile({ participant, kind, subject }: Picture): Tile & Pick<Picture, 'subject'> {
    const of = [...this.shown.values()].filter(
      (shown) => shown.participant === participant && shown.kind === kind,
    );
    const isWithheld = this.withholds && kind === 'video';
    const height = isWithheld ? 0 : Math.max(0, ...of.map((shown) => shown.height));
    return {
      participant,
      kind,
      height: Math.min(4320, Math.ceil(height / STEP) * STEP),
      pinned: of.some((shown) => shown.pinned),
      subject,
    };
  }
}

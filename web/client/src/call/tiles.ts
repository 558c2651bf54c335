// What the page shows of whom, told to the server, which sends no more than can be seen. A page
// registers each of its tiles and keeps their heights; whoever has no tile is hidden.

import type { CallModel } from './model';
import { realTimers, type Timers } from './platform';
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
}

/** All that others in the call may show. */
export function pictures({ people, you }: CallModel): Picture[] {
  const others = [...people.values()].filter(({ id, place }) => id !== you?.id && place === 'call');
  return others.flatMap(({ id, screen }) => [
    { participant: id, kind: 'video' as const },
    ...(screen ? [{ participant: id, kind: 'screen' as const }] : []),
  ]);
}

const MOST_TILES = 64;
/** Layouts settle, and people scroll past. */
const SETTLE_MS = 120;
/** Finer than any layer: a window that is dragged says little. */
const STEP = 20;

export class Tiles {
  private readonly shown = new Map<object, Shown>();
  private told = '';
  private withholds = false;
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

  /** Of two tiles of one picture the larger counts. */
  private view(): Tile[] {
    return this.pictures()
      .slice(0, MOST_TILES)
      .map(({ participant, kind }) => {
        const of = [...this.shown.values()].filter(
          (shown) => shown.participant === participant && shown.kind === kind,
        );
        const isWithheld = this.withholds && kind === 'video';
        const height = isWithheld ? 0 : Math.max(0, ...of.map((shown) => shown.height));
        const pinned = of.some((shown) => shown.pinned);
        return {
          participant,
          kind,
          height: Math.min(4320, Math.ceil(height / STEP) * STEP),
          ...(pinned ? { pinned } : {}),
        };
      });
  }
}

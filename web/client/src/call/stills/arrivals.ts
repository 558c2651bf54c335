// Whose picture does not arrive, though this page shows it. Pure: what was seen goes in about once a
// second, and a picture counts as lacking, or as back, only after a while: a tile that flickers
// between video and still pictures is worse than either.

import type { ParticipantId } from '../protocol';
import type { Frames } from '../statistics/entries';

/** A camera that this page shows, as it is now. */
export interface Sight {
  participant: ParticipantId;
  /** So far. */
  frames: Frames;
  /** This device is short of processor: frames that came and were not decoded are no matter of networks. */
  busy?: boolean;
  /** There is reason to think that it does not come: the server sends none, or somebody's network is
      poor. */
  expected: boolean;
  /** Its owner has said that their network carries still pictures only. */
  stills: boolean;
}

interface State {
  /** The last looks: when, and how many frames there had been by then. */
  looks: { at: number; frames: Frames }[];
  /** Whether any frame ever came. */
  seen: boolean;
  lacking: boolean;
  /** Since when a lacking one has been flowing. */
  flowing: number | null;
  /** For how long it has to flow to count as back. */
  patience: number;
  cameBack: number | null;
}

/** Frames per second: below the one it is no video, from the other on it is. */
const STALLED = 3;
const FLOWING = 5;
/** It has to stall for so long: when there is reason to expect it, and when there is none. */
const EXPECTED_MS = 1500;
const STALLED_MS = 3000;
/** The first frame may take as many times longer: at a call's beginning everybody is busy. */
const FIRST = 2;
/** It has to flow for so long; longer when that was said too soon before. */
const FLOWING_MS = 2000;
const MOST_PATIENCE_MS = 8000;
const TOO_SOON_MS = 20_000;

export class Arrivals {
  private readonly known = new Map<ParticipantId, State>();

  /** All that is shown now. Returns those that lack; `at` in milliseconds. */
  look(sights: readonly Sight[], at: number): ParticipantId[] {
    const shown = new Set(sights.map(({ participant }) => participant));
    for (const id of this.known.keys()) if (!shown.has(id)) this.known.delete(id);
    return sights.filter((sight) => this.lacks(sight, at)).map(({ participant }) => participant);
  }

  private lacks(sight: Sight, at: number): boolean {
    const { participant, frames, expected, stills, busy } = sight;
    const counted = busy ? 'arrived' : 'decoded';
    const state = this.known.get(participant) ?? begin();
    this.known.set(participant, state);
    note(state, frames, at);
    if (state.lacking) {
      const flows = (rate(state, at, 0, counted) ?? 0) >= FLOWING;
      state.flowing = flows ? (state.flowing ?? at) : null;
      if (state.flowing !== null && at - state.flowing >= state.patience) comeBack(state, at);
    } else {
      const patience = (expected ? EXPECTED_MS : STALLED_MS) * (state.seen ? 1 : FIRST);
      const lately = rate(state, at, stills ? 0 : patience, counted);
      if (lately === null ? stills : lately < STALLED) stall(state, at);
    }
    return state.lacking;
  }
}

function begin(): State {
  return {
    looks: [],
    seen: false,
    lacking: false,
    flowing: null,
    patience: FLOWING_MS,
    cameBack: null,
  };
}

function note(state: State, frames: Frames, at: number): void {
  const last = state.looks.at(-1);
  // Another decoder counts from nothing.
  if (last && frames.decoded < last.frames.decoded) {
    state.looks = [{ at: last.at, frames: { decoded: 0, arrived: 0 } }];
  }
  state.seen ||= frames.decoded > 0;
  const isOld = (next: { at: number } | undefined) => next && at - next.at >= STALLED_MS * FIRST;
  while (isOld(state.looks[1])) state.looks.shift();
  state.looks.push({ at, frames });
}

/** Frames per second over the shortest time of at least so long; null when it is not that long yet. */
/** Frames per second over the last so many milliseconds at the least. */
function rate(
  { looks }: State,
  at: number,
  milliseconds: number,
  counted: keyof Frames,
): number | null {
  const now = looks.at(-1);
  const then = looks.findLast((look) => look !== now && at - look.at >= milliseconds);
  if (!now || !then || at <= then.at) return null;
  return ((now.frames[counted] - then.frames[counted]) * 1000) / (at - then.at);
}

function stall(state: State, at: number): void {
  const wasTooSoon = state.cameBack !== null && at - state.cameBack < TOO_SOON_MS;
  state.patience = wasTooSoon ? Math.min(MOST_PATIENCE_MS, state.patience * 2) : FLOWING_MS;
  [state.lacking, state.flowing] = [true, null];
}

function comeBack(state: State, at: number): void {
  [state.lacking, state.flowing, state.cameBack] = [false, null, at];
}

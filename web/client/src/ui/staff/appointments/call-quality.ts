// From the pieces of a call to what its chart draws and says.
import type { PersonQuality, QualityFigures, QualityLevel } from '../../../api/types';
import { worse } from '../../base/connection';

/** A time without a change. */
export interface Run {
  /** Seconds since the chart's beginning. */
  from: number;
  seconds: number;
  level: QualityLevel;
}

/** Times that follow each other with the same level, of the worse direction. */
export const runs = (person: Pick<PersonQuality, 'pieces'>, pieceSeconds: number): Run[] =>
  joined(person.pieces, pieceSeconds, (one, other) => one === other);

/** Times that were weak or lost, whichever it was from moment to moment. */
export const spells = (person: Pick<PersonQuality, 'pieces'>, pieceSeconds: number): Run[] =>
  joined(person.pieces.filter(isBad), pieceSeconds, () => true);

function joined(
  pieces: PersonQuality['pieces'],
  pieceSeconds: number,
  alike: (one: QualityLevel, other: QualityLevel) => boolean,
): Run[] {
  const found: Run[] = [];
  for (const piece of pieces) {
    const level = worse(piece.uplink, piece.downlink);
    const last = found.at(-1);
    if (last && alike(last.level, level) && last.from + last.seconds === piece.from) {
      last.seconds += pieceSeconds;
      last.level = worse(last.level, level);
    } else {
      found.push({ from: piece.from, seconds: pieceSeconds, level });
    }
  }
  return found;
}

/** The worst figures of the times that were weak or lost. */
export function worstFigures({ pieces }: Pick<PersonQuality, 'pieces'>): QualityFigures {
  const worst: QualityFigures = {};
  for (const piece of pieces.filter(isBad)) {
    for (const key of compared) worst[key] = Math.max(worst[key] ?? 0, piece[key] ?? 0);
    worst.freezes = (worst.freezes ?? 0) + (piece.freezes ?? 0);
  }
  return worst;
}

const compared = [
  'round_trip_ms',
  'uplink_loss_percent',
  'downlink_loss_percent',
  'uplink_jitter_ms',
  'downlink_jitter_ms',
] as const;

function isBad(piece: PersonQuality['pieces'][number]): boolean {
  return ['poor', 'lost'].includes(worse(piece.uplink, piece.downlink));
}

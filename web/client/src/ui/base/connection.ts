// What is worth saying of a connection's figures: those beyond what a call does not notice.
import type { Figures, Grade } from '../../call/protocol';
import { c } from './connection.texts';

type Known = { [K in keyof Figures]?: Figures[K] | null };

const grades: Grade[] = ['excellent', 'good', 'poor', 'lost'];

export const worse = (one: Grade, other: Grade): Grade =>
  grades[Math.max(grades.indexOf(one), grades.indexOf(other))]!;

/** From here on a figure alone makes a connection less than excellent; see the server's measure. */
const limits = { loss: 2, jitter: 40, roundTrip: 250 };

/** The figures that explain why a connection is not better, in words; `most`: the worst of a time. */
export function noteworthy(figures: Known, most = false): string[] {
  const say = (
    value: number | null | undefined,
    limit: number,
    words: (value: number) => string,
  ) => (value != null && value > limit ? [words(value)] : []);
  const { worst } = c;
  const upTo = (words: (value: number) => string) => (value: number) =>
    most ? worst(words(value)) : words(value);
  return [
    ...say(figures.uplink_loss_percent, limits.loss, upTo(c.lossUp)),
    ...say(figures.downlink_loss_percent, limits.loss, upTo(c.lossDown)),
    ...say(figures.uplink_jitter_ms, limits.jitter, upTo(c.jitterUp)),
    ...say(figures.downlink_jitter_ms, limits.jitter, upTo(c.jitterDown)),
    ...say(figures.round_trip_ms, limits.roundTrip, upTo(c.roundTrip)),
    ...say(figures.freezes, 0, c.freezes),
  ];
}

/** 1.4 Mbit/s, 380 kbit/s */
export function rate(kbps: number): string {
  return kbps >= 1_000 ? `${(kbps / 1_000).toFixed(1)}\u00a0Mbit/s` : `${kbps}\u00a0kbit/s`;
}

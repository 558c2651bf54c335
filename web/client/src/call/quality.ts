// What the browser measures of the connection, reduced to the few numbers that the server judges.

import type { Report } from './protocol';

/** Counters only grow; two samples make a rate. */
interface Sample {
  at: number;
  packetsReceived: number;
  packetsLost: number;
  framesDecoded: number;
  freezes: number;
}

type Entry = Record<string, unknown> & { type: string };

export class QualityMeter {
  private last: Sample | null = null;

  /** `at` in milliseconds. The first call has no rates yet. */
  measure(entries: Iterable<Entry>, at: number): Report {
    const all = [...entries];
    const sample = sampleOf(all, at);
    const report = { ...present(all), ...rates(this.last, sample) };
    this.last = sample;
    return report;
  }
}

function present(all: Entry[]): Report {
  const pair = all.find(
    (e) => e.type === 'candidate-pair' && e.nominated === true && e.state === 'succeeded',
  );
  const inbound = all.filter((e) => e.type === 'inbound-rtp' && e.kind === 'video');
  return compact({
    round_trip_ms: scaled(pair?.currentRoundTripTime, 1000),
    height: largest(inbound.map((e) => e.frameHeight)),
  });
}

function rates(before: Sample | null, now: Sample): Report {
  const seconds = before ? (now.at - before.at) / 1000 : 0;
  if (!before || seconds <= 0) return {};
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const received = Math.max(0, now.packetsReceived - before.packetsReceived);
  return {
    loss_percent: lost + received > 0 ? Math.round((100 * lost) / (lost + received)) : 0,
    frames_per_second: Math.round(Math.max(0, now.framesDecoded - before.framesDecoded) / seconds),
    freezes: Math.max(0, now.freezes - before.freezes),
  };
}

function sampleOf(all: Entry[], at: number): Sample {
  const inbound = all.filter((e) => e.type === 'inbound-rtp');
  const sum = (key: string) => inbound.reduce((total, e) => total + (number(e[key]) ?? 0), 0);
  return {
    at,
    packetsReceived: sum('packetsReceived'),
    packetsLost: sum('packetsLost'),
    framesDecoded: sum('framesDecoded'),
    freezes: sum('freezeCount'),
  };
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function scaled(value: unknown, factor: number): number | undefined {
  const found = number(value);
  return found === undefined ? undefined : Math.round(found * factor);
}

function largest(values: unknown[]): number | undefined {
  const found = values.map(number).filter((value) => value !== undefined);
  return found.length > 0 ? Math.max(...found) : undefined;
}

function compact<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

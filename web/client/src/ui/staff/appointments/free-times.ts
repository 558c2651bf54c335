// Times at which a stylist is free on one day, from that day's appointments.
import type { Appointment } from '../../../api/types';
import { instantOf, type Day } from '../../../i18n/shop-time';
import { holdsItsSlot } from './steps';

export type Span = { from: number; to: number };

/** Times are offered between these hours; any other can still be typed in. */
const opens = 9;
const closes = 21;
const step = 30;

export function busySpans(appointments: Appointment[], stylist: string, except?: string): Span[] {
  return appointments
    .filter((a) => a.stylist.id === stylist && a.id !== except && holdsItsSlot(a))
    .map((a) => ({ from: Date.parse(a.starts_at), to: Date.parse(a.ends_at) }));
}

export function freeTimes(day: Day, minutes: number, busy: Span[], now: number): string[] {
  const times: string[] = [];
  for (let minute = opens * 60; minute + minutes <= closes * 60; minute += step) {
    const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
    const from = instantOf(day, time).getTime();
    if (from > now && isFree(from, minutes, busy)) times.push(time);
  }
  return times;
}

export function isFree(from: number, minutes: number, busy: Span[]): boolean {
  const to = from + minutes * 60_000;
  return busy.every((span) => to <= span.from || span.to <= from);
}

/** The nearest free times after the wished one, then those before it. */
export function nearest(times: string[], wished: string, count: number): string[] {
  const after = times.filter((time) => time >= wished);
  const before = times.filter((time) => time < wished).reverse();
  return [...after, ...before].slice(0, count).sort();
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

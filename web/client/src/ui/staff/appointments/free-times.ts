// Times at which a stylist is free on one day, from that day's appointments and the shop's hours.
import type { Appointment, DayHours } from '../../../api/types';
import { weekdays } from '../../../api/types';
import { addDays, instantOf, timeOf, type Day } from '../../../i18n/shop-time';
import { holdsItsSlot } from './steps';

export type Span = { from: number; to: number };

const stepMinutes = 30;

export function busySpans(appointments: Appointment[], stylist: string, except?: string): Span[] {
  return appointments
    .filter((a) => a.stylist.id === stylist && a.id !== except && holdsItsSlot(a))
    .map((a) => ({ from: Date.parse(a.starts_at), to: Date.parse(a.ends_at) }));
}

/** When the shop is open that day; undefined when it is not. */
export function hoursOf(day: Day, hours: DayHours[]): DayHours | undefined {
  // A calendar day's weekday is the same in every time zone.
  const weekday = weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7];
  return hours.find((one) => one.weekday === weekday);
}

/** By the shop's clock: a time that a clock change skips is not offered, and what begins before
    the change still ends before the shop closes. Any other time can be typed in. */
export function freeTimes(
  day: Day,
  minutes: number,
  busy: Span[],
  now: number,
  hours: DayHours[],
): string[] {
  const open = hoursOf(day, hours);
  if (!open) return [];
  const closes = closing(day, open.closes);
  const times: string[] = [];
  for (let minute = minutesOf(open.opens); minute < minutesOf(open.closes); minute += stepMinutes) {
    const time = `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
    const from = instantOf(day, time).getTime();
    const exists = timeOf(from) === time;
    const ends = from + minutes * 60_000 <= closes;
    if (exists && ends && from > now && isFree(from, minutes, busy)) times.push(time);
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

function closing(day: Day, time: string): number {
  return (time === '24:00' ? instantOf(addDays(day, 1)) : instantOf(day, time)).getTime();
}

function minutesOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}

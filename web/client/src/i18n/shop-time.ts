// Calendar days and wall-clock times of the shop, which may lie in another
// time zone than the device, and may skip or repeat an hour in spring and autumn.
import { timeZone } from './format';

/** A calendar day, `2026-05-04`. */
export type Day = string;

export function dayOf(instant: string | number | Date, zone = timeZone()): Day {
  const { year, month, day } = wallClock(new Date(instant).getTime(), zone);
  return isoDay(Date.UTC(year, month - 1, day));
}

/** `14:05` in the shop. */
export function timeOf(instant: string | number | Date, zone = timeZone()): string {
  const { hour, minute } = wallClock(new Date(instant).getTime(), zone);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

export function addDays(day: Day, count: number): Day {
  return isoDay(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000);
}

/** The instant at which the shop's clock shows this day and time. A time that
    a clock change skips becomes the one as far after the change. */
export function instantOf(day: Day, time = '00:00', zone = timeZone()): Date {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const guess = wall - offset(wall, zone);
  return new Date(wall - offset(guess, zone));
}

/** A day's first and the next day's first instant, as the API wants them. */
export function spanOf(day: Day, zone = timeZone()): { from: string; to: string } {
  return {
    from: instantOf(day, '00:00', zone).toISOString(),
    to: instantOf(addDays(day, 1), '00:00', zone).toISOString(),
  };
}

function isoDay(utc: number): Day {
  return new Date(utc).toISOString().slice(0, 10);
}

function offset(instant: number, zone: string): number {
  const { year, month, day, hour, minute, second } = wallClock(instant, zone);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(instant / 1000) * 1000;
}

type WallClock = Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;

function wallClock(instant: number, zone: string): WallClock {
  const parts = formatter(zone).formatToParts(instant);
  return Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)])) as WallClock;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(zone, found);
  }
  return found;
}

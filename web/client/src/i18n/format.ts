// Dates, times and lengths in words, in the page's language and the shop's
// time zone (until the shop's is known, the device's).
import { language } from './language.svelte';
import { deviceZone, timeZone, useTimeZone } from './zone.svelte';

export { timeZone, useTimeZone };

/** What the shop's time is called at this instant, where the device's clock shows another one. */
export function otherZone(at: Instant): string | undefined {
  const here = wallClockIn(at, deviceZone());
  if (wallClockIn(at, timeZone()) === here) return undefined;
  const options = { timeZone: timeZone(), timeZoneName: 'long' } as const;
  const parts = new Intl.DateTimeFormat(locale(), options).formatToParts(new Date(at));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone();
}

function wallClockIn(at: Instant, timeZone: string): string {
  const options = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(at));
}

export type Instant = string | number | Date;

/** 14:05 */
export function time(at: Instant): string {
  return format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** 14:05:30 */
export function exactTime(at: Instant): string {
  return format(at, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** Monday 4 May / 5月4日星期一 */
export function day(at: Instant): string {
  return format(at, { weekday: 'long', day: 'numeric', month: 'long' });
}

/** 4 May 2026 / 2026年5月4日 */
export function date(at: Instant): string {
  return format(at, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** Mon 4 May 14:05 */
export function dayAndTime(at: Instant): string {
  const when = format(at, { weekday: 'short', day: 'numeric', month: 'short' });
  return `${when} ${time(at)}`;
}

/** The same, with the zone's name where it is not the device's: for somebody outside the shop. */
export function dayAndTimeThere(at: Instant): string {
  const name = otherZone(at);
  return name ? `${dayAndTime(at)} (${name})` : dayAndTime(at);
}

/** 4:07 for the time of a call or a wait; 1:02:03 above an hour. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((n) =>
    String(n).padStart(2, '0'),
  );
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

/** 45 min, 1 h 30 min. A number never stands on another line than its unit. */
export function length(minutes: number): string {
  const [hour, minute] =
    language() === 'en' ? ['\u00a0h', '\u00a0min'] : ['\u00a0小时', '\u00a0分钟'];
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest}${minute}`;
  return rest === 0 ? `${hours}${hour}` : `${hours}${hour} ${rest}${minute}`;
}

/** "in 5 minutes", "2 hours ago" */
export function relative(at: Instant, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const formatter = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return formatter.format(Math.round(seconds / size), unit);
  }
  return formatter.format(0, 'minute');
}

function format(at: Instant, options: Intl.DateTimeFormatOptions): string {
  const zoned = { ...options, timeZone: timeZone() };
  return new Intl.DateTimeFormat(locale(), zoned).format(new Date(at));
}

export function locale(): string {
  return language() === 'en' ? 'en-GB' : 'zh-CN';
}

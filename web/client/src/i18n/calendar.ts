// Calendar days in words. A day has no time and no zone: it is read as UTC and shown as UTC.
import { locale } from './format';
import { addDays, type Day } from './shop-time';

/** 4 May 2026 / 2026年5月4日 */
export function dateOf(day: Day): string {
  return words(day, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** Monday 4 May 2026 / 2026年5月4日星期一 */
export function wholeDateOf(day: Day): string {
  return words(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** May 2026 / 2026年5月 */
export function monthOf(day: Day): string {
  return day ? words(day, { month: 'long', year: 'numeric' }) : '';
}

/** From Monday on. */
export function weekdayInitials(): { short: string; long: string }[] {
  const monday = '2026-05-04';
  return [0, 1, 2, 3, 4, 5, 6].map((n) => ({
    short: words(addDays(monday, n), { weekday: 'narrow' }),
    long: words(addDays(monday, n), { weekday: 'long' }),
  }));
}

function words(day: Day, options: Intl.DateTimeFormatOptions): string {
  const utc = { ...options, timeZone: 'UTC' };
  return new Intl.DateTimeFormat(locale(), utc).format(new Date(`${day}T00:00:00Z`));
}

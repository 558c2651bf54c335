// The week as a form shows it, and as the shop keeps it.
import { weekdays, type DayHours, type Weekday } from '../../../api/types';

export type DayForm = { open: boolean; opens: string; closes: string };
export type Week = Record<Weekday, DayForm>;

const usual = { opens: '09:00', closes: '21:00' };

export function asWeek(hours: DayHours[]): Week {
  const days = weekdays.map((weekday): [Weekday, DayForm] => {
    const known = hours.find((one) => one.weekday === weekday);
    return [
      weekday,
      {
        open: Boolean(known),
        opens: known?.opens ?? usual.opens,
        closes: known?.closes ?? usual.closes,
      },
    ];
  });
  return Object.fromEntries(days) as Week;
}

export function asHours(week: Week): DayHours[] {
  return weekdays
    .filter((weekday) => week[weekday].open)
    .map((weekday) => ({ weekday, opens: week[weekday].opens, closes: week[weekday].closes }));
}

/** The first day that closes before it opens. */
export function backwards(week: Week): Weekday | undefined {
  return asHours(week).find(({ opens, closes }) => opens >= closes)?.weekday;
}

/** The quarters of a day, to its end, with the time that is kept already. */
export function times(kept: string): string[] {
  const quarters = Array.from({ length: 24 * 4 + 1 }, (_, n) => {
    const parts = [Math.floor(n / 4), (n % 4) * 15];
    return parts.map((part) => String(part).padStart(2, '0')).join(':');
  });
  return [...new Set([...quarters, kept])].sort();
}

/** Every zone that this browser knows, with the one that is kept already. */
export function zones(kept: string | null | undefined): string[] {
  const known =
    typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [...new Set([...known, own, ...(kept ? [kept] : [])])].sort();
}

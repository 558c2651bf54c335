// A month as a calendar shows it: whole weeks from Monday on. Days are calendar days, `2026-05-04`,
// without a time or a zone.
import { addDays, type Day } from '../../i18n/shop-time';

/** The weeks that touch the month in which this day lies. */
export function weeksOf(day: Day): Day[][] {
  const first = `${day.slice(0, 8)}01`;
  const weeks: Day[][] = [];
  for (let start = addDays(first, -weekdayOf(first)); ; start = addDays(start, 7)) {
    if (weeks.length > 0 && start.slice(0, 7) !== day.slice(0, 7)) return weeks;
    weeks.push([0, 1, 2, 3, 4, 5, 6].map((n) => addDays(start, n)));
  }
}

/** The same day some months on, or the month's last when it has no such day. */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  const target = new Date(Date.UTC(year, month - 1 + count, Math.min(date, last)));
  return target.toISOString().slice(0, 10);
}

/** Where a key leads in the calendar; undefined for keys that are not the calendar's. */
export function dayByKey(day: Day, key: string, shift: boolean): Day | undefined {
  switch (key) {
    case 'ArrowLeft':
      return addDays(day, -1);
    case 'ArrowRight':
      return addDays(day, 1);
    case 'ArrowUp':
      return addDays(day, -7);
    case 'ArrowDown':
      return addDays(day, 7);
    case 'Home':
      return addDays(day, -weekdayOf(day));
    case 'End':
      return addDays(day, 6 - weekdayOf(day));
    case 'PageUp':
      return addMonths(day, shift ? -12 : -1);
    case 'PageDown':
      return addMonths(day, shift ? 12 : 1);
    default:
      return undefined;
  }
}

/** Monday is 0. */
function weekdayOf(day: Day): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

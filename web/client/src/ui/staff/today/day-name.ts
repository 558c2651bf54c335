// How a day is called from where one stands: today, tomorrow, or its date.
import { date, day as weekdayAndDate } from '../../../i18n/format';
import { addDays, instantOf, type Day } from '../../../i18n/shop-time';
import { t } from '../../../i18n/staff';

export function dayName(day: Day, today: Day): string {
  if (day === today) return t.today.title;
  if (day === addDays(today, 1)) return t.today.tomorrow;
  if (day === addDays(today, -1)) return t.today.yesterday;
  return weekdayAndDate(noon(day));
}

/** The line below the name. */
export function dayDetail(day: Day, today: Day): string {
  const near = [-1, 0, 1].some((offset) => day === addDays(today, offset));
  return near ? weekdayAndDate(noon(day)) : date(noon(day));
}

function noon(day: Day): Date {
  return instantOf(day, '12:00');
}

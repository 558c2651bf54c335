// Days and times as people type them: with any of the usual marks between the numbers or none (the
// numeric keyboards of phones have no others), in full width or half. Always year, month, day, and
// always 24 hours: nothing else is read the same everywhere.
import type { Day } from '../../i18n/shop-time';

const DAY = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))$/;
const TIME = /^(\d{1,2})(?:[:.点时]?(\d{2})分?|[点时]?)$/;

/** `2026-05-04` for `2026/5/4`, `20260504` or `2026年5月4日`; undefined for what is no day. */
export function dayIn(text: string): Day | undefined {
  const [, year, ...rest] = DAY.exec(plain(text)) ?? [];
  const [month, date] = rest.filter((part) => part !== undefined);
  if (!year || !month || !date) return undefined;
  const day = `${year}-${two(month)}-${two(date)}`;
  const instant = new Date(`${day}T00:00:00Z`);
  // Some browsers make the 31st of April the 1st of May.
  const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day);
  return exists ? day : undefined;
}

/** `09:30` for `9:30`, `930` or `9点30分`; undefined for what is no time. */
export function timeIn(text: string): string | undefined {
  const [, hour, minute = '00'] = TIME.exec(plain(text)) ?? [];
  if (!hour || Number(hour) > 23 || Number(minute) > 59) return undefined;
  return `${two(hour)}:${minute}`;
}

/** Nothing that could still follow would make it another day. */
export function isWholeDay(text: string): boolean {
  return plain(text).replace(/\D/g, '').length === 8;
}

/** Nothing that could still follow would make it another time. */
export function isWholeTime(text: string): boolean {
  return plain(text).replace(/\D/g, '').length === 4;
}

function plain(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '');
}

function two(number: string): string {
  return number.padStart(2, '0');
}

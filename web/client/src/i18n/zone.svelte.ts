// Whose clock the page shows: the shop's once that is known, until then the device's.
let shops = $state<string>();

/** The shop's time zone; every time that is shown follows it. */
export function useTimeZone(name: string | undefined | null): void {
  shops = name && isKnown(name) ? name : undefined;
}

export function timeZone(): string {
  return shops ?? deviceZone();
}

export function deviceZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** An old device may not know a zone that the server knows: its own time is better than none. */
function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

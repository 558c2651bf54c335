// Small choices kept on this device. Storage may be forbidden or full (private
// windows, in-app browsers): then a choice lasts as long as the page.
const prefix = 'closeup.';

export function recall<T extends string>(name: string, allowed: readonly T[]): T | undefined {
  try {
    const value = localStorage.getItem(prefix + name);
    return allowed.find((choice) => choice === value);
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Nothing to do: the choice is in effect, it is just not kept.
  }
}

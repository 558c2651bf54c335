// What the call needs of its surroundings, so that tests can hand in their own.

export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Timers {
  after(milliseconds: number, run: () => void): () => void;
  now(): number;
  random(): number;
}

export const realTimers: Timers = {
  after(milliseconds, run) {
    const id = setTimeout(run, milliseconds);
    return () => clearTimeout(id);
  },
  now: () => performance.now(),
  random: () => Math.random(),
};

/** A phone with few cores or little memory. */
export function isWeak(): boolean {
  const { hardwareConcurrency = 8, userAgent } = navigator;
  const { deviceMemory = 8 } = navigator as { deviceMemory?: number };
  return /Mobi|Android/i.test(userAgent) && (hardwareConcurrency <= 4 || deviceMemory <= 2);
}

/** The page is out of sight. */
export function isHidden(): boolean {
  return typeof document !== 'undefined' && document.visibilityState === 'hidden';
}

/** Storage that the browser may refuse (private windows, in-app browsers): then memory must do. */
export function safeStore(open: () => Storage): KeyValueStore {
  const memory = new Map<string, string>();
  let storage: Storage | null = null;
  try {
    storage = open();
  } catch {
    storage = null;
  }
  return {
    getItem(key) {
      try {
        return storage?.getItem(key) ?? memory.get(key) ?? null;
      } catch {
        return memory.get(key) ?? null;
      }
    },
    setItem(key, value) {
      memory.set(key, value);
      try {
        storage?.setItem(key, value);
      } catch {
        // Full or forbidden: the value lives as long as the page.
      }
    },
    removeItem(key) {
      memory.delete(key);
      try {
        storage?.removeItem(key);
      } catch {
        // As above.
      }
    },
  };
}

/** Resolves with the promise, or rejects with `what` when it takes too long. */
export function withTimeout<T>(
  promise: Promise<T>,
  milliseconds: number,
  what: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took too long`)), milliseconds);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

// A value that can be watched. It follows Svelte's store contract without importing Svelte, so that
// screens may write `$store` and any other page may call `subscribe`.

export interface Readable<T> {
  get(): T;
  /** Calls `run` at once with the present value and then with each new one. Returns the way out. */
  subscribe(run: (value: T) => void): () => void;
}

export interface Writable<T> extends Readable<T> {
  set(value: T): void;
  update(change: (value: T) => T): void;
}

export function writable<T>(initial: T): Writable<T> {
  let value = initial;
  const readers = new Set<(value: T) => void>();
  const set = (next: T) => {
    if (Object.is(next, value)) return;
    value = next;
    for (const run of [...readers]) run(value);
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe(run) {
      readers.add(run);
      run(value);
      return () => readers.delete(run);
    },
  };
}

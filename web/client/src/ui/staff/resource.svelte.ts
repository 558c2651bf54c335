// What a screen shows of the server: loaded when its question changes, and
// again when the shop's live stream says that something of it changed. The old
// answer stays in sight meanwhile, so that nothing flickers.
import { live, resync } from '../../live';

type Load<T> = (signal: AbortSignal) => Promise<T>;

export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>();

  #load: Load<T> = () => Promise.reject(new Error('nothing to load'));
  #current: AbortController | undefined;
  #stale = false;

  /** True until there is something to show: the answer, or what went wrong. */
  get pending(): boolean {
    return this.value === undefined && this.error === undefined;
  }

  ask(load: Load<T>): void {
    this.#load = load;
    this.#current?.abort();
    this.#current = undefined;
    this.value = undefined;
    this.error = undefined;
    void this.reload();
  }

  /** At most one request is on its way; news that come meanwhile cause one more. */
  reload = async (): Promise<void> => {
    if (this.#current) {
      this.#stale = true;
      return;
    }
    const controller = new AbortController();
    this.#current = controller;
    this.#stale = false;
    try {
      const value = await this.#load(controller.signal);
      if (controller.signal.aborted) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (controller.signal.aborted) return;
      this.error = error;
    }
    this.#current = undefined;
    if (this.#stale) void this.reload();
  };

  stop(): void {
    this.#current?.abort();
  }
}

/** For a component: `question` is followed, its result asked, and asked again on these kinds. */
export function resource<T>(question: () => Load<T>, kinds: string[] = []): Resource<T> {
  const found = new Resource<T>();
  $effect(() => {
    const load = question();
    found.ask(load);
    return () => found.stop();
  });
  $effect(() =>
    live.listen(({ kind }) => {
      if (kind === resync || kinds.includes(kind)) void found.reload();
    }),
  );
  return found;
}

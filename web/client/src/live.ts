// What happens in the shop, as it happens: one stream of server-sent events
// for the whole page. The browser resumes a broken stream by itself with
// `Last-Event-ID`; when the server refuses it, a new one is opened and every
// listener is told to look afresh, since events may have been missed.
export type LiveEvent = { kind: string; data: Record<string, unknown> };
export type LiveState = 'connecting' | 'open' | 'lost';

type Listener = (event: LiveEvent) => void;

/** Kinds that the staff's stream carries. */
const kinds = [
  'appointment.changed',
  'customer.changed',
  'call.changed',
  'call.measured',
  'snapshot.changed',
  'consent.changed',
  'staff.changed',
  'service.changed',
  'shop.changed',
  'guest_link.changed',
];
/** Not of the server: everything may have changed. */
export const resync = 'resync';

const pauses = [500, 1_000, 2_000, 5_000];

export class Live {
  #listeners = new Set<Listener>();
  #states = new Set<(state: LiveState) => void>();
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(
    private readonly url = '/api/v1/events',
    private readonly open: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  start(): void {
    if (!this.#source) this.#connect(false);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
    this.#failures = 0;
  }

  /** Calls back for each event; returns how to stop that. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back when the stream is lost or back. */
  watch(listener: (state: LiveState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  #connect(again: boolean): void {
    const source = this.open(this.url);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#tell('open');
      if (again) this.#publish({ kind: resync, data: {} });
      again = false;
    };
    source.onerror = () => {
      this.#tell('lost');
      if (source.readyState === EventSource.CLOSED) this.#reopen();
    };
    for (const kind of [...kinds, resync]) {
      source.addEventListener(kind, (event) => this.#publish(parse(kind, event as MessageEvent)));
    }
  }

  #reopen(): void {
    const pause = pauses[Math.min(this.#failures++, pauses.length - 1)];
    this.#timer = setTimeout(() => this.#connect(true), pause);
  }

  #publish(event: LiveEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #tell(state: LiveState): void {
    for (const listener of [...this.#states]) listener(state);
  }
}

export const live = new Live();

function parse(kind: string, event: MessageEvent): LiveEvent {
  try {
    const data: unknown = JSON.parse(String(event.data));
    if (typeof data === 'object' && data !== null) return { kind, data: { ...data } };
  } catch {
    // An event without a body still says that something changed.
  }
  return { kind, data: {} };
}

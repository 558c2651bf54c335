// What the link leads to, kept fresh: by the stream of its changes, when its
// window opens, and when the page is looked at again.
import { get, post } from '../../api/http';
import { Problem } from '../../api/problem';
import type { Link as LinkView } from '../../api/types';
import { useTimeZone } from '../../i18n/format';

const RETRY_MS = 3_000;

export class Link {
  view = $state.raw<LinkView | null>(null);
  /** The link leads nowhere: mistyped, cut, or made up. */
  invalid = $state(false);
  /** The shop does not answer; we keep asking. */
  unreachable = $state(false);
  /** The start that this page showed before it was moved. */
  movedFrom = $state<string | null>(null);
  /** What to add to this device's clock to get the server's. */
  #clockOffset = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #events: EventSource | undefined;

  constructor(readonly token: string) {}

  start(): () => void {
    void this.refresh();
    const look = () => document.visibilityState === 'visible' && void this.refresh();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(this.#timer);
      this.#events?.close();
      document.removeEventListener('visibilitychange', look);
    };
  }

  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#accept(await get<LinkView>(this.#path));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Milliseconds until the window opens, on the server's clock. */
  untilOpen(now: number): number {
    if (!this.view) return 0;
    return Math.max(0, Date.parse(this.view.opens_at) - (now + this.#clockOffset));
  }

  async decide(granted: boolean, language: 'zh' | 'en'): Promise<void> {
    const { version } = this.view!.consent;
    await post(`${this.#path}/consents`, { kind: 'snapshots', granted, version, language });
    const { view } = this;
    if (view) this.view = { ...view, consent: { ...view.consent, granted } };
  }

  get #path(): string {
    return `/links/${encodeURIComponent(this.token)}`;
  }

  #accept(view: LinkView): void {
    const before = this.view?.starts_at;
    if (before && before !== view.starts_at) this.movedFrom = before;
    useTimeZone(view.shop.time_zone);
    this.view = view;
    this.invalid = false;
    this.unreachable = false;
    this.#clockOffset = Date.parse(view.server_time) - Date.now();
    this.#listen();
    if (view.state === 'too_early') this.#refreshAtOpening();
  }

  #refreshAtOpening(): void {
    // A timer of weeks overflows, and a phone's sleeps: look again at least every ten minutes.
    const wait = Math.min(this.untilOpen(Date.now()) + 50, 600_000);
    this.#timer = setTimeout(() => void this.refresh(), wait);
  }

  #fail(error: unknown): void {
    if (error instanceof Problem && [400, 404, 410].includes(error.status)) {
      this.invalid = true;
      return;
    }
    this.unreachable = true;
    this.#timer = setTimeout(() => void this.refresh(), RETRY_MS);
  }

  #listen(): void {
    if (this.#events || typeof EventSource === 'undefined') return;
    this.#events = new EventSource(`/api/v1${this.#path}/events`);
    this.#events.addEventListener('link.changed', () => void this.refresh());
    this.#events.onerror = () => {
      if (this.#events?.readyState === EventSource.CLOSED) this.#events = undefined;
    };
  }
}

// The customer's way from the link to the call: what is on the page now, and
// what the next press does. One visit per page.
import { Problem } from '../../api/problem';
import { LocalMedia } from '../../call/devices';
import { safeStore } from '../../call/platform';
import type { CallSession } from '../../call/session';
import { allowSound } from '../../call/sound';
import { UploadQueue } from '../../call/uploads';
import { language } from '../../i18n/language.svelte';
import { newSession } from '../call/session.svelte';
import type { Device } from './failures';
import { Link } from './link.svelte';

export type Step = 'check' | 'consent' | 'room';
/** Why an answer was not kept: each has its own advice on the page. */
export type ConsentProblem = 'unsaved' | 'outdated' | 'closed';

export class Visit {
  readonly link: Link;
  readonly media = new LocalMedia();
  readonly uploads: UploadQueue;
  step = $state<Step>('check');
  session = $state.raw<CallSession | null>(null);
  consentProblem = $state<ConsentProblem | null>(null);
  consentBusy = $state(false);
  #store = safeStore(() => sessionStorage);

  constructor(readonly token: string) {
    this.link = new Link(token);
    this.uploads = new UploadQueue({ link: token });
  }

  /** Use in an effect: it returns how to stop. */
  start(): () => void {
    void this.uploads.start();
    const stopLink = this.link.start();
    const online = () => this.uploads.wake();
    window.addEventListener('online', online);
    return () => {
      stopLink();
      window.removeEventListener('online', online);
    };
  }

  /** After a reload in the middle of the call nothing is asked again. */
  resumeIfEntered(): void {
    if (this.session || !this.#store.getItem(this.#enteredKey)) return;
    void this.media.open();
    this.#enter();
  }

  /** The first press: it also allows sound, and wakes the picture in in-app browsers. */
  openDevices(): Promise<void> {
    allowSound();
    return this.media.open();
  }

  /** Whatever is muted stays so: only what is wanted and fails is ever tried again. */
  async retryDevices(devices: Device[]): Promise<void> {
    allowSound();
    const [one, another] = devices;
    // Both in one question.
    if (another) await this.media.open();
    else if (one) await this.media.retry(one);
  }

  finishCheck(): void {
    allowSound();
    // Guests are never captured, so there is nothing to ask them.
    const { view } = this.link;
    if (view?.role !== 'guest' && view?.consent.granted === null) this.step = 'consent';
    else this.#enter();
  }

  /** Kept before the waiting room opens; asked again when it could not be kept. */
  async answerConsent(granted: boolean): Promise<void> {
    if (await this.changeConsent(granted)) this.#enter();
  }

  async changeConsent(granted: boolean): Promise<boolean> {
    this.consentBusy = true;
    this.consentProblem = null;
    try {
      await this.link.decide(granted, language() === 'en' ? 'en' : 'zh');
      return true;
    } catch (error) {
      this.consentProblem = consentProblem(error);
      // The words of today, or why there is nothing left to agree to.
      if (this.consentProblem !== 'unsaved') await this.link.refresh();
      return false;
    } finally {
      this.consentBusy = false;
    }
  }

  leave(): void {
    this.session?.leave();
    this.forget();
  }

  /** Over: the devices are given back, and a reload begins anew. */
  forget(): void {
    this.#store.removeItem(this.#enteredKey);
    this.media.close();
  }

  /** The call is not where the link leads now: ask again what it leads to. */
  async backToLink(): Promise<void> {
    this.forget();
    await this.link.refresh();
    this.session = null;
    this.step = 'check';
  }

  /** Back into a call that one left, from the ended page. */
  async returnToCall(): Promise<void> {
    this.session = null;
    await this.openDevices();
    this.#enter();
  }

  #enter(): void {
    this.#store.setItem(this.#enteredKey, '1');
    const session = newSession({
      door: { link: this.token },
      media: this.media,
      uploads: this.uploads,
      store: this.#store,
    });
    session.start();
    this.session = session;
    this.step = 'room';
  }

  get #enteredKey(): string {
    return `closeup.entered.${this.token}`;
  }
}

function consentProblem(error: unknown): ConsentProblem {
  if (!(error instanceof Problem)) return 'unsaved';
  if (error.code === 'consent_outdated') return 'outdated';
  return error.code === 'link_closed' ? 'closed' : 'unsaved';
}

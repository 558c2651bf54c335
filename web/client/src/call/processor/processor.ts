// Watches whether this device keeps up, while a call lasts.

import { isHidden, realTimers, type Timers } from '../platform';
import { writable, type Readable } from '../store';
import { MissedFrames, type Received } from './frames';
import { Lateness } from './lateness';
import { type Relief, ReliefWatch } from './relief';

export interface ProcessorOptions {
  /** Browsers let the timers of a page out of sight come late. */
  isHidden?: () => boolean;
  timers?: Timers;
}

const TICK_MS = 250;
/** What was measured in a shortage is doubtful for a while after. */
const DOUBTFUL_MS = 10_000;
/** As long as hardly any frame is missed, being short is no harm: of a share of so many it is, */
const HARM = 0.15;
/** and counts for so long. */
const HARM_MS = 5000;

export class Processor {
  readonly relief: Readable<Relief>;
  private readonly reliefStore = writable<Relief>(0);
  private readonly timers: Timers;
  private readonly isHidden: () => boolean;
  private readonly lateness = new Lateness();
  private readonly watch = new ReliefWatch();
  private readonly missed = new MissedFrames();
  private shortAt = -Infinity;
  private harmedAt = -Infinity;
  private cancel: (() => void) | null = null;

  constructor(options: ProcessorOptions = {}) {
    this.timers = options.timers ?? realTimers;
    this.isHidden = options.isHidden ?? isHidden;
    this.relief = this.reliefStore;
  }

  start(): void {
    this.cancel?.();
    const due = this.timers.now() + TICK_MS;
    this.cancel = this.timers.after(TICK_MS, () => {
      this.note(this.timers.now(), due);
      this.start();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  /** Whether frames that are missing now may be missing for want of processor. */
  isShort(): boolean {
    return this.timers.now() - this.shortAt < DOUBTFUL_MS;
  }

  /** What came of pictures so far, and was decoded in time. */
  see(received: Received): void {
    if (this.missed.measure(received) >= HARM) this.harmedAt = this.timers.now();
  }

  private note(at: number, due: number): void {
    if (this.isHidden()) return this.lateness.forget();
    this.lateness.note(at, at - due);
    if (this.lateness.isShort) this.shortAt = at;
    const isHarmed = at - this.harmedAt < HARM_MS;
    this.reliefStore.set(this.watch.look(at, this.lateness.isShort && isHarmed));
  }
}

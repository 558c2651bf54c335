// Asks the browser every second of a call what it measures, for all who judge by it.

import { realTimers, type Timers } from '../platform';
import type { Transport } from '../transport';
import type { Entry } from './entries';

export interface StatisticsOptions {
  transport: Pick<Transport, 'state' | 'stats'>;
  isInCall(): boolean;
  each(entries: readonly Entry[]): void;
  timers?: Timers;
}

export const LOOK_EVERY_MS = 1000;

export class Statistics {
  private readonly timers: Timers;
  private cancel: (() => void) | null = null;

  constructor(private readonly options: StatisticsOptions) {
    this.timers = options.timers ?? realTimers;
  }

  start(): void {
    this.cancel?.();
    this.cancel = this.timers.after(LOOK_EVERY_MS, () => {
      this.start();
      void this.look();
    });
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private async look(): Promise<void> {
    const { transport, isInCall, each } = this.options;
    if (!isInCall() || transport.state.get() !== 'connected') return;
    const stats = await transport.stats().catch(() => null);
    if (stats && this.cancel) each([...stats.values()] as Entry[]);
  }
}

// Tells the server every few seconds what this page measured of its network.

import type { Report } from './protocol';
import { QualityMeter } from './quality';
import type { Transport } from './transport';

const REPORT_MS = 2000;

export class Reporting {
  /** To the server; `null` until it was measured. */
  roundTripMs: number | null = null;
  private readonly meter = new QualityMeter();
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly tell: (report: Report) => void,
  ) {}

  start(): void {
    this.stop();
    this.timer = setInterval(() => void this.report(), REPORT_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private async report(): Promise<void> {
    if (this.transport.state.get() !== 'connected') return;
    const stats = await this.transport.stats();
    const report = this.meter.measure(stats.values() as Iterable<never>, Date.now());
    this.roundTripMs = report.round_trip_ms ?? this.roundTripMs;
    this.tell(report);
  }
}

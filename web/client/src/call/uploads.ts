// The queue of pictures on their way to the server. A picture is written to this device's disk while
// its first bytes are sent, and leaves it only when the server says that it is stored (or refuses it).

import { retryDelay, UPLOAD_RETRY } from './backoff';
import type { Picture } from './capture';
import { openPictureStore, type PictureStore, type StoredPicture } from './picture-store';
import { realTimers, type Timers } from './platform';
import type { CaptureId, CaptureSource, CaptureStage } from './protocol';
import { writable, type Readable } from './store';
import { UploadClient, UploadDelayed, UploadRefused } from './upload-client';

export interface Arriving {
  capture: CaptureId;
  source: CaptureSource;
}

/** Why pictures wait: the network is away, the server has a trouble of its own, its disk is full. */
export type Stall = 'network' | 'server' | 'full';

export interface QueueOptions {
  /** Given to each request of this page's pictures; older pictures keep their own. */
  link: string | null;
  client?: UploadClient;
  store?: Promise<PictureStore>;
  timers?: Timers;
}

export class UploadQueue {
  /** What has not been acknowledged: "2 photos still arriving". */
  readonly arriving: Readable<readonly Arriving[]>;
  /** Why attempts fail, while they do: the page says so, and that it keeps trying. */
  readonly stalled: Readable<Stall | null>;
  onStage: (
    capture: CaptureId,
    source: CaptureSource,
    stage: CaptureStage,
    detail?: string,
  ) => void = () => undefined;
  private readonly list = writable<readonly Arriving[]>([]);
  private readonly failing = writable<Stall | null>(null);
  private readonly client: UploadClient;
  private readonly store: Promise<PictureStore>;
  private readonly timers: Timers;
  private queue: StoredPicture[] = [];
  private readonly saving = new Map<string, Promise<void>>();
  private running = false;
  private stopped = false;
  private hurry: (() => void) | null = null;

  constructor(private readonly options: QueueOptions) {
    this.client = options.client ?? new UploadClient({ base: '/api/v1' });
    this.store = options.store ?? openPictureStore(globalThis.indexedDB);
    this.timers = options.timers ?? realTimers;
    this.arriving = this.list;
    this.stalled = this.failing;
  }

  get uplinkBps(): number | null {
    return this.client.uplinkBps;
  }

  /** Takes up what an earlier page left behind. */
  async start(): Promise<void> {
    const left = await (await this.store).all().catch(() => []);
    const known = new Set(this.queue.map(({ key }) => key));
    this.queue.unshift(...left.filter(({ key }) => !known.has(key)));
    this.publish();
    void this.run();
  }

  /** Resolves when the picture is safe on this device. */
  async add(
    capture: CaptureId,
    source: CaptureSource,
    { blob, width, height }: Picture,
  ): Promise<void> {
    const bytes = await blob.arrayBuffer();
    const picture: StoredPicture = {
      key: `${capture}:${source}`,
      capture,
      source,
      bytes,
      contentType: blob.type,
      sha256: await hashOf(bytes),
      width,
      height,
      link: this.options.link,
      takenAt: Date.now(),
    };
    const saved = this.save(picture);
    this.queue.push(picture);
    this.publish();
    void this.run();
    await saved;
  }

  /** A full disk is no reason to lose it: then it is sent from memory. */
  private save(picture: StoredPicture): Promise<void> {
    const saved = this.store.then((store) => store.put(picture)).catch(() => undefined);
    this.saving.set(picture.key, saved);
    return saved;
  }

  /** The network came back: try at once. */
  wake(): void {
    this.hurry?.();
  }

  stop(): void {
    this.stopped = true;
    this.hurry?.();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let failures = 0;
    for (let next = this.queue[0]; next && !this.stopped; next = this.queue[0]) {
      const stall = await this.attempt(next);
      failures = stall ? failures + 1 : 0;
      // One failure may be a hiccup; a full disk says what it is.
      this.failing.set(failures > 1 || stall === 'full' ? stall : null);
      if (failures > 0) await this.pause(retryDelay(failures, UPLOAD_RETRY, this.timers.random()));
    }
    this.running = false;
  }

  /** Null when the picture is settled, one way or the other. */
  private async attempt(picture: StoredPicture): Promise<Stall | null> {
    const { capture, source } = picture;
    this.onStage(capture, source, 'uploading');
    try {
      await this.client.upload(picture);
      await this.settle(picture);
      this.onStage(capture, source, 'stored');
      return null;
    } catch (error) {
      if (error instanceof UploadRefused) {
        await this.settle(picture);
        this.onStage(capture, source, 'failed', error.code);
        return null;
      }
      // Behind the others, so that one stubborn picture holds up none.
      this.queue = [...this.queue.filter((other) => other !== picture), picture];
      return stallOf(error);
    }
  }

  private async settle(picture: StoredPicture): Promise<void> {
    this.queue = this.queue.filter((other) => other !== picture);
    await this.saving.get(picture.key);
    this.saving.delete(picture.key);
    await (await this.store).remove(picture.key).catch(() => undefined);
    this.publish();
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.timers.after(milliseconds, resolve);
      this.hurry = () => {
        cancel();
        resolve();
      };
    });
  }

  private publish(): void {
    this.list.set(this.queue.map(({ capture, source }) => ({ capture, source })));
  }
}

function stallOf(error: unknown): Stall {
  if (!(error instanceof UploadDelayed)) return 'network';
  return error.code === 'storage_full' ? 'full' : 'server';
}

async function hashOf(bytes: ArrayBuffer): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

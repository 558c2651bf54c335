// A server that takes and gives still pictures as slowly as it is told, over an HTTP of its own.
import type { FakeTimers } from '../testing';

interface Request {
  method: string;
  path: string;
  authorization: string | null;
  size: number;
}

export class FakeStillServer {
  readonly requests: Request[] = [];
  /** How long a request takes; `Infinity`: until it is given up. */
  takesMs = 100;
  status = 204;
  picture: Blob | null = null;
  /** Under way now, and the most that ever were. */
  open = 0;
  most = 0;
  aborted = 0;

  constructor(private readonly timers: FakeTimers) {}

  readonly fetch: typeof fetch = (input, init = {}) => {
    const headers = new Headers(init.headers);
    this.requests.push({
      method: init.method ?? 'GET',
      path: String(input),
      authorization: headers.get('authorization'),
      size: init.body instanceof Blob ? init.body.size : 0,
    });
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    return new Promise<Response>((resolve, reject) => {
      const settle = (act: () => void) => {
        this.open -= 1;
        act();
      };
      const cancel = Number.isFinite(this.takesMs)
        ? this.timers.after(this.takesMs, () => settle(() => resolve(this.answer(init.method))))
        : () => undefined;
      init.signal?.addEventListener('abort', () => {
        cancel();
        this.aborted += 1;
        settle(() => reject(new Error('aborted')));
      });
    });
  };

  private answer(method = 'GET'): Response {
    if (method === 'PUT') return new Response(null, { status: this.status });
    return this.picture ? new Response(this.picture) : new Response(null, { status: 404 });
  }
}

export const pictureOf = (bytes: number) =>
  new Blob([new Uint8Array(bytes)], { type: 'image/webp' });

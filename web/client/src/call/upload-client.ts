// One picture over HTTP, in pieces that resume where the last one ended.

import type { StoredPicture } from './picture-store';

/** `refused` is final: the server will never take this picture. Everything else may be tried again. */
export class UploadRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`refused with ${status} ${code}`);
  }
}

/** The server is there and cannot take it now. */
export class UploadDelayed extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`the server answered ${status} ${code}`);
  }
}

export interface UploadClientOptions {
  base: string;
  fetch?: typeof fetch;
  now?: () => number;
}

const FIRST_PIECE = 1024 * 1024;
const LARGEST_PIECE = 4 * 1024 * 1024;
const SMALLEST_PIECE = 64 * 1024;
const REQUEST_MS = 30_000;
/** The clock of a just-asked-for capture may be ahead of the server's record of it. */
const UNKNOWN_CAPTURE_PATIENCE_MS = 30_000;
/** Smaller pieces say more about the round trip than about the uplink. */
const TELLING_PIECE = 128 * 1024;

export class UploadClient {
  /** What uploads were seen to reach, in bits per second; null before the first. */
  uplinkBps: number | null = null;
  private piece = FIRST_PIECE;
  private readonly fetch: typeof fetch;
  private readonly now: () => number;

  constructor(private readonly options: UploadClientOptions) {
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.now = options.now ?? (() => performance.now());
  }

  /** Resolves once the server has stored the picture durably. */
  async upload(picture: StoredPicture): Promise<void> {
    const { upload, limit, offset } = await this.begin(picture);
    const size = picture.bytes.byteLength;
    let at = offset;
    do {
      const end = Math.min(size, at + Math.min(this.piece, limit));
      at = await this.sendPiece(picture, upload, at, end);
    } while (at < size);
  }

  private async begin(picture: StoredPicture) {
    const { capture, source, contentType, bytes, sha256, width, height } = picture;
    const response = await this.request(picture, `/captures/${capture}/uploads`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        source,
        content_type: contentType,
        size: bytes.byteLength,
        sha256,
        width,
        height,
      }),
    });
    await this.check(response, picture);
    const body = (await response.json()) as {
      upload_id: string;
      offset: number;
      chunk_size: number;
    };
    return { upload: body.upload_id, offset: body.offset, limit: Math.max(1, body.chunk_size) };
  }

  /** Returns the offset at which the server wants the next piece. */
  private async sendPiece(
    picture: StoredPicture,
    upload: string,
    at: number,
    end: number,
  ): Promise<number> {
    const started = this.now();
    let response: Response;
    try {
      response = await this.request(picture, `/uploads/${upload}`, {
        method: 'PATCH',
        headers: { 'Upload-Offset': String(at), 'Content-Type': 'application/offset+octet-stream' },
        body: picture.bytes.slice(at, end),
      });
    } catch (error) {
      this.piece = Math.max(SMALLEST_PIECE, this.piece / 2);
      throw error;
    }
    const wanted = Number(response.headers.get('Upload-Offset') ?? NaN);
    if (response.status === 409 && Number.isInteger(wanted) && wanted !== at) return wanted;
    await this.check(response, picture);
    this.learn(end - at, this.now() - started);
    return Number.isInteger(wanted) ? wanted : end;
  }

  private learn(bytes: number, milliseconds: number): void {
    this.piece = Math.min(LARGEST_PIECE, this.piece * 2);
    if (bytes >= TELLING_PIECE) this.uplinkBps = (bytes * 8 * 1000) / Math.max(1, milliseconds);
  }

  private request(picture: StoredPicture, path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (picture.link) headers.set('Authorization', `Link ${picture.link}`);
    return this.fetch(this.options.base + path, {
      ...init,
      headers,
      signal: timeoutSignal(REQUEST_MS),
    });
  }

  private async check(response: Response, picture: StoredPicture): Promise<void> {
    if (response.ok) return;
    const problem = (await response.json().catch(() => ({}))) as { code?: string };
    const age = Date.now() - picture.takenAt;
    const early = response.status === 404 && age < UNKNOWN_CAPTURE_PATIENCE_MS;
    const code = problem.code ?? 'unknown';
    if (isFinal(response.status) && !early) throw new UploadRefused(response.status, code);
    throw new UploadDelayed(response.status, code);
  }
}

/** Not signed in, in conflict, too many, too early, or the server's own trouble: those pass. */
function isFinal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 409, 423, 425, 429].includes(status);
}

function timeoutSignal(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

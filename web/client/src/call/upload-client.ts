// One picture over HTTP, in pieces that resume where the last one ended. The first one is sent with the
// announcement, and is all of most pictures.

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

/** Where the server goes on, and how much it takes at once. */
interface Begun {
  upload: string;
  offset: number;
  limit: number;
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
  /** Of these the server has a part, or may have. */
  private readonly begun = new WeakSet<StoredPicture>();
  private readonly fetch: typeof fetch;
  private readonly now: () => number;

  constructor(private readonly options: UploadClientOptions) {
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.now = options.now ?? (() => performance.now());
  }

  /** Resolves once the server has stored the picture durably. */
  async upload(picture: StoredPicture): Promise<void> {
    const upload = this.begun.has(picture) ? await this.begin(picture) : await this.bring(picture);
    if (upload) await this.goOn(picture, upload);
  }

  /** Null when that was all of it, and it is stored. */
  private async bring(picture: StoredPicture): Promise<Begun | null> {
    const announced = new URLSearchParams(
      Object.entries(announcement(picture)).map(([name, value]) => [name, String(value)]),
    );
    const end = Math.min(picture.bytes.byteLength, this.piece, FIRST_PIECE);
    const path = `/captures/${picture.capture}/uploads?${announced}`;
    const response = await this.send(picture, 'PUT', path, 0, end);
    if (response.status === 201) return null;
    this.begun.add(picture);
    return begun(response);
  }

  private async begin(picture: StoredPicture): Promise<Begun> {
    const response = await this.request(picture, `/captures/${picture.capture}/uploads`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(announcement(picture)),
    });
    await this.check(response, picture);
    return begun(response);
  }

  private async goOn(picture: StoredPicture, { upload, limit, offset }: Begun): Promise<void> {
    const size = picture.bytes.byteLength;
    let at = offset;
    do {
      const end = Math.min(size, at + Math.min(this.piece, limit));
      at = await this.sendPiece(picture, upload, at, end);
    } while (at < size);
  }

  /** Returns the offset at which the server wants the next piece. */
  private async sendPiece(
    picture: StoredPicture,
    upload: string,
    at: number,
    end: number,
  ): Promise<number> {
    const response = await this.send(picture, 'PATCH', `/uploads/${upload}`, at, end);
    const wanted = Number(response.headers.get('Upload-Offset') ?? NaN);
    return Number.isInteger(wanted) ? wanted : end;
  }

  /** Answered well, or with the offset of another piece. */
  private async send(
    picture: StoredPicture,
    method: 'PUT' | 'PATCH',
    path: string,
    at: number,
    end: number,
  ): Promise<Response> {
    const started = this.now();
    let response: Response;
    try {
      response = await this.request(picture, path, {
        method,
        headers: {
          'Content-Type': 'application/offset+octet-stream',
          ...(method === 'PATCH' && { 'Upload-Offset': String(at) }),
        },
        body: picture.bytes.slice(at, end),
      });
    } catch (error) {
      this.begun.add(picture);
      this.piece = Math.max(SMALLEST_PIECE, this.piece / 2);
      throw error;
    }
    // A picture that was brought by another attempt meanwhile is asked for anew: its upload's name is needed.
    const wanted = response.headers.get('Upload-Offset');
    if (method === 'PATCH' && response.status === 409 && isOther(wanted, at)) return response;
    await this.check(response, picture);
    this.learn(end - at, this.now() - started);
    return response;
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

function announcement({ source, contentType, bytes, sha256, width, height }: StoredPicture) {
  return { source, content_type: contentType, size: bytes.byteLength, sha256, width, height };
}

async function begun(response: Response): Promise<Begun> {
  const { upload_id, offset, chunk_size } = (await response.json()) as {
    upload_id: string;
    offset: number;
    chunk_size: number;
  };
  return { upload: upload_id, offset, limit: Math.max(1, chunk_size) };
}

function isOther(offset: string | null, at: number): boolean {
  return offset !== null && Number.isInteger(Number(offset)) && Number(offset) !== at;
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

// One way to talk to the server: JSON in and out, problems as typed errors,
// reads repeated through short outages, creations safe to repeat by their key.
import { Problem } from './problem';

export type Query = Record<string, string | number | boolean | undefined | null>;

type Options = {
  query?: Query;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Names a creation, so that repeating it creates nothing twice. Made here when not given. */
  idempotencyKey?: string;
};

const base = '/api/v1';
const patience = 15_000;
const pauses = [300, 900, 2_000];

export function get<T>(path: string, options: Options = {}): Promise<T> {
  return repeated(() => send<T>('GET', path, undefined, options), options.signal);
}

/** Creates, and repeats when no answer came: the key makes that safe. */
export function post<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
  const headers = {
    'Idempotency-Key': options.idempotencyKey ?? newKey(),
    ...options.headers,
  };
  return repeated(() => send<T>('POST', path, body, { ...options, headers }), options.signal);
}

export function patch<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return send<T>('PATCH', path, body, options);
}

export function put<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
  return repeated(() => send<T>('PUT', path, body, options), options.signal);
}

export function remove(path: string, options: Options = {}): Promise<void> {
  return send<void>('DELETE', path, undefined, options);
}

/** Told of every 401, so that the app can show the way to sign in. */
let signedOut: () => void = () => {};
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

async function send<T>(
  method: string,
  path: string,
  body: unknown,
  { query, headers, signal }: Options,
): Promise<T> {
  const request = {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
  } satisfies RequestInit;
  const response = await answer(base + path + search(query), request, signal);
  if (!response.ok) {
    const problem = await Problem.from(response);
    if (problem.status === 401) signedOut();
    throw problem;
  }
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

async function answer(url: string, init: RequestInit, signal?: AbortSignal): Promise<Response> {
  // `AbortSignal.any` and `timeout` are younger than the phones that we serve.
  const controller = new AbortController();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, patience);
  const abort = () => controller.abort();
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    return await fetch(url, { ...init, signal: controller.signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw late ? Problem.timeout() : Problem.offline();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Repeats while the server is unreachable, restarting or busy. */
async function repeated<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return attempt();
}

function isPassing(error: unknown): boolean {
  return error instanceof Problem && [0, 502, 503, 504].includes(error.status);
}

function search(query: Query = {}): string {
  const entries = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  const params = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
  const text = params.toString();
  return text ? `?${text}` : '';
}

/** `crypto.randomUUID` exists only in secure contexts; a shop may try on plain HTTP. */
export function newKey(): string {
  if (window.isSecureContext) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

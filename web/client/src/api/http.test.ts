import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { get, onSignedOut, patch, post } from './http';
import { Problem } from './problem';

const fetch = vi.fn<typeof globalThis.fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetch);
  vi.stubGlobal('window', { isSecureContext: true });
});

afterEach(() => {
  fetch.mockReset();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a read is repeated through an outage', async () => {
  fetch.mockRejectedValueOnce(new TypeError('network'));
  fetch.mockResolvedValueOnce(answer(503, {}));
  fetch.mockResolvedValueOnce(answer(200, { name: 'Lin' }));
  const reading = get('/customers/1');
  await vi.runAllTimersAsync();
  expect(await reading).toEqual({ name: 'Lin' });
});

test('a creation is repeated under the same key', async () => {
  fetch.mockRejectedValueOnce(new TypeError('network'));
  fetch.mockResolvedValueOnce(answer(201, {}));
  const creating = post('/customers', {});
  await vi.runAllTimersAsync();
  await creating;
  const keys = fetch.mock.calls.map(([, init]) =>
    new Headers(init?.headers).get('Idempotency-Key'),
  );
  expect(keys[0]).toBeTruthy();
  expect(keys[0]).toBe(keys[1]);
});

test('a change is not repeated: it might undo somebody else’s', async () => {
  fetch.mockRejectedValueOnce(new TypeError('network'));
  await expect(patch('/customers/1', {})).rejects.toMatchObject({ status: 0, code: 'offline' });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('a refusal becomes a problem with its stable code, and is not repeated', async () => {
  fetch.mockResolvedValueOnce(answer(409, { code: 'slot_taken', detail: 'Taken.' }));
  const problem = await post('/appointments', {}).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({ status: 409, code: 'slot_taken', message: 'Taken.' });
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('an answer that is no problem document still has a code', async () => {
  fetch.mockResolvedValueOnce(new Response('<h1>Teapot</h1>', { status: 418 }));
  await expect(get('/tea')).rejects.toMatchObject({ status: 418, code: 'http_418' });
});

test('whoever is signed out is told so', async () => {
  const told = vi.fn();
  onSignedOut(told);
  fetch.mockResolvedValueOnce(answer(401, { code: 'signed_out' }));
  await get('/customers').catch(() => {});
  expect(told).toHaveBeenCalledOnce();
});

test('a server that does not answer is given up after a while', async () => {
  fetch.mockImplementation(
    (_, init) =>
      new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
      ),
  );
  const asking = patch('/customers/1', {}).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await asking).toMatchObject({ code: 'timeout' });
});

function answer(status: number, body: unknown): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });
}

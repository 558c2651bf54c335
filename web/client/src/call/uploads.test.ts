import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { openPictureStore } from './picture-store';
import { FakeTimers, settle } from './testing';
import { UploadClient } from './upload-client';
import { UploadQueue } from './uploads';

const CHUNK = 64 * 1024;
/** As much as comes with the announcement. */
const FIRST = 1024 * 1024;

/** The upload endpoints, with faults to order. */
class Server {
  received = new Map<string, Uint8Array>();
  links: (string | null)[] = [];
  methods: string[] = [];
  answers: (() => Response)[] = [];

  fetch = (async (input: RequestInfo | URL, init: RequestInit = {}) => {
    this.links.push(new Headers(init.headers).get('Authorization'));
    this.methods.push(init.method!);
    const fault = this.answers.shift();
    if (fault) return fault();
    const url = new URL(String(input), 'https://shop.example');
    if (init.method === 'PUT') return this.bring(url, init);
    return init.method === 'POST' ? this.begin(url, 201) : this.append(url, init);
  }) as typeof fetch;

  private bring(url: URL, init: RequestInit): Response {
    const id = url.pathname.split('/').at(-2)!;
    const first = new Uint8Array(init.body as ArrayBuffer);
    if (!this.received.get(id)?.length) this.received.set(id, first);
    const isAll = this.received.get(id)!.length === Number(url.searchParams.get('size'));
    return isAll ? Response.json({}, { status: 201 }) : this.begin(url, 200);
  }

  private begin(url: URL, status: number): Response {
    const id = url.pathname.split('/').at(-2)!;
    const kept = this.received.get(id) ?? new Uint8Array();
    this.received.set(id, kept);
    return Response.json({ upload_id: id, offset: kept.length, chunk_size: CHUNK }, { status });
  }

  private append(url: URL, init: RequestInit): Response {
    const id = url.pathname.split('/').at(-1)!;
    const kept = this.received.get(id) ?? new Uint8Array();
    const offset = Number(new Headers(init.headers).get('Upload-Offset'));
    const headers = { 'Upload-Offset': String(kept.length) };
    if (offset !== kept.length) return new Response(null, { status: 409, headers });
    const piece = new Uint8Array(init.body as ArrayBuffer);
    this.received.set(id, new Uint8Array([...kept, ...piece]));
    const length = String(kept.length + piece.length);
    return new Response(null, { status: 204, headers: { 'Upload-Offset': length } });
  }
}

let server: Server;
let timers: FakeTimers;
let disk: IDBFactory;
let stages: string[];

beforeEach(() => {
  server = new Server();
  timers = new FakeTimers();
  disk = new IDBFactory();
  stages = [];
});

function openQueue(): UploadQueue {
  const queue = new UploadQueue({
    link: 'link-token',
    client: new UploadClient({ base: '/api/v1', fetch: server.fetch }),
    store: openPictureStore(disk),
    timers,
  });
  queue.onStage = (capture, source, stage, detail) =>
    stages.push([capture, source, stage, detail].filter(Boolean).join(' '));
  return queue;
}

const picture = (size = 10) => ({
  blob: new Blob([new Uint8Array(size).fill(7)], { type: 'image/png' }),
  width: 4,
  height: 3,
});
const refusal = (status: number, code: string) => () => Response.json({ code }, { status });

test('most pictures go up with their announcement', async () => {
  const queue = openQueue();
  await queue.add('c1', 'camera', picture(FIRST));
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(FIRST);
  expect(server.methods).toEqual(['PUT']);
  expect(queue.arriving.get()).toEqual([]);
});

test('what broke off is asked about before more of it is sent', async () => {
  server.answers = [() => Promise.reject(new TypeError('network')) as never];
  server.received.set('c1', new Uint8Array(6).fill(7));
  const queue = openQueue();
  await queue.add('c1', 'camera', picture(10));
  await timers.advance(1_000);
  expect(server.methods).toEqual(['PUT', 'POST', 'PATCH']);
  expect(server.received.get('c1')).toHaveLength(10);
});

test('a large picture goes up in pieces and leaves the queue when it is stored', async () => {
  const queue = openQueue();
  await queue.add('c1', 'camera', picture(FIRST + 2 * CHUNK + 5));
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(FIRST + 2 * CHUNK + 5);
  expect(server.methods).toEqual(['PUT', 'PATCH', 'PATCH', 'PATCH']);
  expect(queue.arriving.get()).toEqual([]);
  expect(stages).toEqual(['c1 camera uploading', 'c1 camera stored']);
  expect(server.links.every((link) => link === 'Link link-token')).toBe(true);
});

test('a full disk is told at once, other troubles when they last; then all goes on', async () => {
  server.answers = [refusal(507, 'storage_full'), refusal(503, 'database_unavailable')];
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await timers.advance(0);
  expect(queue.stalled.get()).toBe('full');
  await timers.advance(250);
  expect(queue.stalled.get()).toBe('server');
  await timers.advance(60_000);
  expect(queue.stalled.get()).toBeNull();
  expect(server.received.get('c1')).toHaveLength(10);
});

test('while the network is away pictures wait and are counted', async () => {
  server.answers = Array(6).fill(() => Promise.reject(new TypeError('network')) as never);
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await queue.add('c2', 'camera', picture());
  await timers.advance(400);
  expect(queue.arriving.get()).toHaveLength(2);
  await timers.advance(30_000);
  expect(queue.arriving.get()).toEqual([]);
  expect(server.received.size).toBe(2);
});

test('a reload loses nothing: the next page takes the queue up', async () => {
  server.answers = Array(50).fill(refusal(503, 'unavailable'));
  const before = openQueue();
  await before.add('c1', 'camera', picture(20));
  before.stop();
  await settle();

  server.answers = [];
  const next = openQueue();
  await next.start();
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(20);
  expect(next.arriving.get()).toEqual([]);
});

test('an acknowledged picture is not sent again by the next page', async () => {
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await timers.advance(0);
  const requests = server.links.length;
  await openQueue().start();
  await timers.advance(0);
  expect(server.links).toHaveLength(requests);
});

test('a piece that the server already has is not sent twice', async () => {
  server.received.set('c1', new Uint8Array(6).fill(7));
  const queue = openQueue();
  await queue.add('c1', 'camera', picture(10));
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(10);
});

test('a wrong offset is answered by going on where the server stands', async () => {
  const queue = openQueue();
  server.answers = [() => Response.json({ upload_id: 'c1', offset: 0, chunk_size: CHUNK })];
  server.received.set('c1', new Uint8Array(4).fill(7));
  await queue.add('c1', 'camera', picture(10));
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(10);
});

test('a refusal that is final ends the attempts and says why', async () => {
  server.answers = [refusal(422, 'not_an_image')];
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await timers.advance(0);
  expect(queue.arriving.get()).toEqual([]);
  expect(stages.at(-1)).toBe('c1 camera failed not_an_image');
});

test('a full disk at the server keeps the picture queued', async () => {
  server.answers = Array(3).fill(refusal(507, 'storage_full'));
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await timers.advance(300);
  expect(queue.arriving.get()).toHaveLength(1);
  await timers.advance(10_000);
  expect(queue.arriving.get()).toEqual([]);
});

test('the return of the network ends the wait', async () => {
  server.answers = Array(8).fill(refusal(503, 'unavailable'));
  const queue = openQueue();
  await queue.add('c1', 'camera', picture());
  await timers.advance(3_000);
  server.answers = [];
  queue.wake();
  await timers.advance(0);
  expect(queue.arriving.get()).toEqual([]);
});

test('a browser that keeps nothing still sends from memory', async () => {
  const queue = new UploadQueue({
    link: null,
    client: new UploadClient({ base: '', fetch: server.fetch }),
    store: openPictureStore(undefined),
    timers,
  });
  await queue.add('c1', 'received', picture());
  await timers.advance(0);
  expect(server.received.get('c1')).toHaveLength(10);
});

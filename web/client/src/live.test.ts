import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Live, type LiveEvent } from './live';

class FakeSource extends EventTarget {
  static all: FakeSource[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() {
    super();
    FakeSource.all.push(this);
  }
  close() {
    this.readyState = 2;
  }
  say(kind: string, data: string) {
    this.dispatchEvent(new MessageEvent(kind, { data }));
  }
  refuse() {
    this.readyState = 2;
    this.onerror?.();
  }
}

let heard: LiveEvent[];
let live: Live;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', { CLOSED: 2 });
  FakeSource.all = [];
  heard = [];
  live = new Live('/events', () => new FakeSource() as unknown as EventSource);
  live.listen((event) => heard.push(event));
  live.start();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('what happens in the shop reaches the listeners', () => {
  FakeSource.all[0]?.say('appointment.changed', '{"id":"a"}');
  expect(heard).toEqual([{ kind: 'appointment.changed', data: { id: 'a' } }]);
});

test('an event without a readable body still says that something changed', () => {
  FakeSource.all[0]?.say('call.changed', 'nonsense');
  expect(heard).toEqual([{ kind: 'call.changed', data: {} }]);
});

test('a refused stream is opened again, and everybody looks afresh', async () => {
  FakeSource.all[0]?.refuse();
  await vi.runAllTimersAsync();
  expect(FakeSource.all).toHaveLength(2);
  FakeSource.all[1]?.onopen?.();
  expect(heard).toEqual([{ kind: 'resync', data: {} }]);
});

test('a broken stream is left to the browser, which resumes it', async () => {
  FakeSource.all[0]?.onerror?.();
  await vi.runAllTimersAsync();
  expect(FakeSource.all).toHaveLength(1);
});

test('after signing out nothing is opened any more', async () => {
  FakeSource.all[0]?.refuse();
  live.stop();
  await vi.runAllTimersAsync();
  expect(FakeSource.all).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { writable } from '../store';
import { FakeTimers } from '../testing';
import type { TransportState } from '../transport';
import { Statistics } from './statistics';

function watched() {
  const timers = new FakeTimers();
  const state = writable<TransportState>('connected');
  const call = { isOn: true, fails: false, looks: 0 };
  const statistics = new Statistics({
    transport: {
      state,
      stats: () =>
        call.fails
          ? Promise.reject(new Error('closed'))
          : Promise.resolve(new Map([['a', { type: 'transport' }]]) as unknown as RTCStatsReport),
    },
    isInCall: () => call.isOn,
    each: (entries) => void (call.looks += entries.length),
    timers,
  });
  statistics.start();
  return { timers, state, call, statistics };
}

test('a look every second, as long as there is a call that is connected', async () => {
  const { timers, state, call } = watched();
  await timers.advance(3000);
  expect(call.looks).toBe(3);
  call.isOn = false;
  await timers.advance(3000);
  call.isOn = true;
  state.set('reconnecting');
  await timers.advance(3000);
  expect(call.looks).toBe(3);
  state.set('connected');
  await timers.advance(1000);
  expect(call.looks).toBe(4);
});

test('a connection that says nothing is asked again, and none after the end', async () => {
  const { timers, call, statistics } = watched();
  call.fails = true;
  await timers.advance(2000);
  call.fails = false;
  await timers.advance(1000);
  expect(call.looks).toBe(1);
  statistics.stop();
  await timers.advance(5000);
  expect(call.looks).toBe(1);
});

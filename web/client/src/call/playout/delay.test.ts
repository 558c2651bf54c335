import { expect, test } from 'vitest';
import { PlayoutDelay } from './delay';

const SECOND = 1000;

/** Looks on every second, at 15 frames a second, of which so many are missed, with so many asked for. */
function watch({ roundTrip = 0 } = {}) {
  const delay = new PlayoutDelay();
  const seen = { asked: 0, decoded: 0, dropped: 0 };
  let at = 0;
  return (seconds: number, { asked = 0, dropped = 0 } = {}) => {
    for (let second = 0; second < seconds; second += 1) {
      delay.look(at, seen, roundTrip);
      at += SECOND;
      seen.asked += asked;
      seen.decoded += 15 - dropped;
      seen.dropped += dropped;
    }
    return delay.ms;
  };
}

test('nothing is kept back where nothing has to be asked for, whatever the device misses', () => {
  expect(watch()(60, { dropped: 5 })).toBe(0);
});

test('a packet asked for once is chance', () => {
  const after = watch();
  after(10);
  after(1, { asked: 1 });
  expect(after(10)).toBe(0);
});

test('where packets are asked for it waits for them, and for the way to the server as well', () => {
  expect(watch()(10, { asked: 1 })).toBeGreaterThanOrEqual(190);
  expect(watch({ roundTrip: 60 })(10, { asked: 1 })).toBeGreaterThanOrEqual(250);
  expect(watch({ roundTrip: 2000 })(10, { asked: 1 })).toBeLessThanOrEqual(300);
});

test('as long as frames are missed it waits longer, up to what talking bears', () => {
  const after = watch();
  expect(after(12, { asked: 3, dropped: 1 })).toBeGreaterThan(200);
  expect(after(60, { asked: 3, dropped: 1 })).toBe(300);
});

test('with none missed it waits a little less, and not at all when nothing is asked for any more', () => {
  const after = watch();
  const first = after(12, { asked: 3 });
  const later = after(20, { asked: 3 });
  expect(later).toBeLessThan(first);
  expect(after(300, { asked: 3 })).toBe(100);
  expect(after(12)).toBe(100);
  expect(after(15)).toBe(0);
});

test('a transport that counts anew changes nothing', () => {
  const delay = new PlayoutDelay();
  delay.look(0, { asked: 0, decoded: 0, dropped: 0 }, 0);
  delay.look(4000, { asked: 20, decoded: 60, dropped: 0 }, 0);
  expect(delay.ms).toBe(200);
  delay.look(8000, { asked: 0, decoded: 5, dropped: 0 }, 0);
  expect(delay.ms).toBe(200);
});

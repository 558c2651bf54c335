import { beforeEach, expect, test } from 'vitest';
import { FakeTimers } from '../testing';
import type { Received } from './frames';
import { Processor } from './processor';

/** Whose timers come late, each by so much. */
class LateTimers extends FakeTimers {
  late = 0;
  override after(milliseconds: number, run: () => void): () => void {
    return super.after(milliseconds + this.late, run);
  }
}

let timers: LateTimers;
let hidden: boolean;
let processor: Processor;
let received: Received;

beforeEach(() => {
  [timers, hidden] = [new LateTimers(), false];
  received = { arrived: 0, decoded: 0, dropped: 0 };
  processor = new Processor({ timers, isHidden: () => hidden });
  processor.start();
});

test('a device that keeps up does without nothing', async () => {
  await timers.advance(60_000);
  expect([processor.isShort(), processor.relief.get()]).toEqual([false, 0]);
});

/** Lets seconds pass in which so many of ten frames a second are decoded. */
async function watch(seconds: number, decoded: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    received = { ...received, arrived: received.arrived + 10, decoded: received.decoded + decoded };
    processor.see(received);
    await timers.advance(1000);
  }
}

test('one that is late and shows all frames does without nothing', async () => {
  timers.late = 150;
  await watch(60, 10);
  expect([processor.isShort(), processor.relief.get()]).toEqual([true, 0]);
});

test('one that does not is relieved, and what it measured is doubted for a while after', async () => {
  timers.late = 150;
  await watch(25, 7);
  expect([processor.isShort(), processor.relief.get()]).toEqual([true, 2]);
  timers.late = 0;
  await timers.advance(10_000);
  expect(processor.isShort()).toBe(true);
  await timers.advance(10_000);
  expect(processor.isShort()).toBe(false);
  await timers.advance(60_000);
  expect(processor.relief.get()).toBe(0);
});

test('timers of a page out of sight come late for another reason', async () => {
  hidden = true;
  timers.late = 750;
  await watch(60, 5);
  expect([processor.isShort(), processor.relief.get()]).toEqual([false, 0]);
});

test('after its end nothing goes on', async () => {
  processor.stop();
  timers.late = 500;
  await watch(60, 5);
  expect(processor.relief.get()).toBe(0);
});

import { beforeEach, expect, test } from 'vitest';
import { FakeTimers } from '../testing';
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

beforeEach(() => {
  [timers, hidden] = [new LateTimers(), false];
  processor = new Processor({ timers, isHidden: () => hidden });
  processor.start();
});

test('a device that keeps up does without nothing', async () => {
  await timers.advance(60_000);
  expect([processor.isShort(), processor.relief.get()]).toEqual([false, 0]);
});

test('one that does not is relieved, and what it measured is doubted for a while after', async () => {
  timers.late = 150;
  await timers.advance(20_000);
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
  await timers.advance(60_000);
  expect([processor.isShort(), processor.relief.get()]).toEqual([false, 0]);
});

test('after its end nothing goes on', async () => {
  processor.stop();
  timers.late = 500;
  await timers.advance(60_000);
  expect(processor.relief.get()).toBe(0);
});

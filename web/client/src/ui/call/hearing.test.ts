import { expect, test, vi } from 'vitest';
import { settle } from '../../call/testing';
import { playWhenAllowed } from './hearing';

/** As a browser's: it plays nothing before the press that it lets count. */
class Player {
  paused = true;
  allowed = false;

  play(): Promise<void> {
    if (!this.allowed) return Promise.reject(new DOMException('', 'NotAllowedError'));
    this.paused = false;
    return Promise.resolve();
  }
}

test.each(['pointerdown', 'click'])('what is blocked plays with the next %s', async (press) => {
  const player = new Player();
  const page = new EventTarget();
  const tell = vi.fn();
  playWhenAllowed(player, page, tell);
  await settle();
  expect(tell.mock.lastCall).toEqual([true]);
  player.allowed = true;
  page.dispatchEvent(new Event(press));
  await settle();
  expect(player.paused).toBe(false);
  expect(tell.mock.lastCall).toEqual([false]);
});

test('a press that does not count yet leaves the next one to try', async () => {
  const player = new Player();
  const page = new EventTarget();
  const tell = vi.fn();
  playWhenAllowed(player, page, tell);
  page.dispatchEvent(new Event('pointerdown'));
  player.allowed = true;
  page.dispatchEvent(new Event('click'));
  await settle();
  expect(player.paused).toBe(false);
  expect(tell.mock.lastCall).toEqual([false]);
});

test('once stopped, a press plays nothing', async () => {
  const player = new Player();
  const page = new EventTarget();
  const stop = playWhenAllowed(player, page, () => undefined);
  stop();
  player.allowed = true;
  page.dispatchEvent(new Event('click'));
  await settle();
  expect(player.paused).toBe(true);
});

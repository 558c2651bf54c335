import { expect, test } from 'vitest';
import { closest, contained, fitted, pan, zoom } from './zoom';

const picture = { width: 1920, height: 1080 };
const frame = { width: 960, height: 540 };

test('what lies under the fingers stays under them', () => {
  const at = { x: 100, y: 50 };
  const view = zoom(fitted, 2, at, picture, frame);
  const under = { x: (at.x - view.x) / view.scale, y: (at.y - view.y) / view.scale };
  expect(under).toEqual(at);
});

test('it never gets smaller than the frame nor closer than the limit', () => {
  expect(zoom(fitted, 0.1, { x: 0, y: 0 }, picture, frame)).toEqual(fitted);
  expect(zoom(fitted, 100, { x: 0, y: 0 }, picture, frame).scale).toBe(closest);
});

test('a fitted picture does not move, an enlarged one only to its edge', () => {
  expect(pan(fitted, { x: 500, y: 500 }, picture, frame)).toEqual(fitted);
  const close = zoom(fitted, 2, { x: 0, y: 0 }, picture, frame);
  expect(pan(close, { x: 5000, y: -5000 }, picture, frame)).toEqual({ scale: 2, x: 480, y: -270 });
});

test('a tall picture is contained in a wide frame', () => {
  expect(contained({ width: 1080, height: 1920 }, frame)).toEqual({ width: 303.75, height: 540 });
});

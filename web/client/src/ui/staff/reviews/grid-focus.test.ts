import { expect, test } from 'vitest';
import { nextBox } from './grid-focus';

const box = (left: number, top: number) => ({ left, right: left + 100, top, bottom: top + 80 });
// Two rows of three, then a visit of its own with one.
const boxes = [box(0, 0), box(120, 0), box(240, 0), box(0, 100), box(120, 100), box(0, 300)];

test('left and right follow the order, also into the next row', () => {
  expect(nextBox(boxes, 2, 'ArrowRight')).toBe(3);
  expect(nextBox(boxes, 0, 'ArrowLeft')).toBeUndefined();
  expect(nextBox(boxes, 5, 'ArrowRight')).toBeUndefined();
});

test('up and down go to the nearest box of the next row', () => {
  expect(nextBox(boxes, 1, 'ArrowDown')).toBe(4);
  expect(nextBox(boxes, 2, 'ArrowDown')).toBe(4);
  expect(nextBox(boxes, 4, 'ArrowDown')).toBe(5);
  expect(nextBox(boxes, 5, 'ArrowUp')).toBe(3);
  expect(nextBox(boxes, 1, 'ArrowUp')).toBeUndefined();
});

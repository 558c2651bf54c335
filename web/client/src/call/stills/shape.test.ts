import { expect, test } from 'vitest';
import { bytesFor, SHAPES, Shaping, type Shape } from './shape';
import { pictureOf } from './testing';

/** As large as pictures are: with the pixels, and with the quality. */
const encode = async ({ side, quality }: Shape) =>
  pictureOf(Math.round(side * side * 0.6 * quality * 0.2));

test('as much as goes through in a second, but no more than shows, and something at least', () => {
  expect(bytesFor(64_000)).toBe(8000);
  expect(bytesFor(5_000_000)).toBe(30_000);
  expect(bytesFor(1000)).toBe(4000);
});

test('a picture is made as coarse as it has to be, and no coarser', async () => {
  const shaping = new Shaping();
  for (const most of [4000, 8000, 15_000, 30_000]) {
    let size = 0;
    for (let turn = 0; turn < 20; turn += 1) size = (await shaping.fit(most, encode)).size;
    expect(size).toBeLessThanOrEqual(most);
    expect(size).toBeGreaterThan(most / 3);
  }
});

test('the smallest has to do where nothing fits', async () => {
  const tried: Shape[] = [];
  const blob = await new Shaping().fit(1, (shape) => {
    tried.push(shape);
    return encode(shape);
  });
  expect(tried.at(-1)).toBe(SHAPES.at(-1));
  expect(blob.size).toBeGreaterThan(1);
});

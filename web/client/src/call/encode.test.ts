import { expect, test } from 'vitest';
import { pictureType } from './encode';

const FULL_HD = 1920 * 1080;

test('a near network gets the lossless picture', () => {
  expect(pictureType(FULL_HD, 100_000_000)).toBe('image/png');
});

test('a phone’s uplink gets the compressed one, so that it arrives in time', () => {
  expect(pictureType(FULL_HD, 6_000_000)).toBe('image/jpeg');
});

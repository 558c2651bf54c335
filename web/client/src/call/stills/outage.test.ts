import { expect, test } from 'vitest';
import { Outage } from './outage';

/** Looks once a second; those at which nothing is to be concluded. */
function unsettled(bytes: (number | null)[]): number[] {
  const outage = new Outage();
  const looks = bytes.map((soFar, second) => outage.isOver(second * 1000, soFar));
  return looks.flatMap((isOver, second) => (isOver ? [] : [second]));
}

test('a network that is there, or of which nothing is known, is settled', () => {
  expect(unsettled([1, 2, 3, 4, 5, 6])).toEqual([]);
  expect(unsettled([1, 1, 2, 2, 3, 3])).toEqual([]);
  expect(unsettled([null, null, null, null])).toEqual([]);
});

test('one that was gone is not, until a while after it is back', () => {
  expect(unsettled([1, 2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([3, 4, 5, 6, 7, 8]);
});

test('another way counts from the beginning, and brings nothing by itself', () => {
  expect(unsettled([900, 900, 900, 20, 30, 40, 50, 60, 70])).toEqual([2, 3, 4, 5, 6, 7]);
  expect(unsettled([900, 901, 20, 30, 40])).toEqual([]);
});

test('while browsers look for a way there is none to ask', () => {
  expect(unsettled([900, 901, null, null, null, 5, 6, 7, 8, 9, 10])).toEqual([3, 4, 5, 6, 7, 8, 9]);
});

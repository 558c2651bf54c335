import { expect, test } from 'vitest';
import { Trips } from './trips';

test('a device with time to spare goes by the last round trip, another by the least of a few', () => {
  const trips = new Trips();
  for (const trip of [40, 700, 900]) trips.note(trip, false);
  expect(trips.note(800, false)).toBe(800);
  expect(trips.note(850, true)).toBe(40);
  expect(trips.note(850, true)).toBe(700);
  expect(trips.note(null, true)).toBeNull();
});

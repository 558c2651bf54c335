import { expect, test } from 'vitest';
import { ageOf } from './visits';

test('an age is counted in whole years, in months below one', () => {
  expect(ageOf('2021-06-15', '2026-06-14')).toEqual({ years: 4, months: 11 });
  expect(ageOf('2021-06-15', '2026-06-15')).toEqual({ years: 5, months: 0 });
  expect(ageOf('2026-03-10', '2026-06-15')).toEqual({ years: 0, months: 3 });
});

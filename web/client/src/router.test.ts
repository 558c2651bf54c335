import { expect, test } from 'vitest';
import { match } from './router.svelte';

test('a pattern gives the parts that it names', () => {
  expect(match('/customers/:id', '/customers/42')).toEqual({ id: '42' });
  expect(match('/customers/:id', '/customers/42/')).toEqual({ id: '42' });
});

test('another address does not match', () => {
  expect(match('/customers/:id', '/customers')).toBeUndefined();
  expect(match('/customers/:id', '/appointments/42')).toBeUndefined();
  expect(match('/', '/today')).toBeUndefined();
});

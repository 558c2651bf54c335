import { expect, test } from 'vitest';
import { failureOf } from './devices';

test('each browser’s name for a failure becomes one of ours', () => {
  const named = (name: string) => failureOf(Object.assign(new Error(), { name }));
  expect(named('NotAllowedError')).toBe('denied');
  expect(named('NotFoundError')).toBe('missing');
  expect(named('NotReadableError')).toBe('busy');
  expect(named('SomethingElse')).toBe('unknown');
});

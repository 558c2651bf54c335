import { render } from 'svelte/server';
import { beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '../../../api/types';
import { useLanguage } from '../../../i18n/language.svelte';
import SnapshotThumb from './SnapshotThumb.svelte';

const thumb = (best_expected: boolean) => {
  const snapshot = {
    id: 'photo',
    taken_at: '2026-06-15T12:00:00Z',
    call_time_ms: 4_000,
    picture: null,
    best_expected,
    review: { state: 'new' },
  } as unknown as Snapshot;
  return render(SnapshotThumb, { props: { snapshot, name: 'Lin', onopen: () => undefined } }).body;
};

beforeEach(() => useLanguage('en'));

test('a picture that nobody expects any more is not said to be arriving', () => {
  expect(thumb(true)).toContain('Picture arriving');
  expect(thumb(false)).toContain('did not arrive');
  expect(thumb(false)).not.toContain('arriving<');
});

import { beforeEach, expect, test } from 'vitest';
import type { PersonQuality, QualityLevel } from '../../../api/types';
import { useLanguage } from '../../../i18n/language.svelte';
import { noteworthy } from '../../base/connection';
import { runs, spells, worstFigures } from './call-quality';
import { q } from './call-quality.texts';

const piece = (
  from: number,
  uplink: QualityLevel,
  figures = {},
): PersonQuality['pieces'][number] => ({
  from,
  uplink,
  downlink: 'excellent',
  ...figures,
});

const person = {
  pieces: [
    piece(0, 'excellent', { uplink_loss_percent: 1 }),
    piece(10, 'poor', { uplink_loss_percent: 12, freezes: 1 }),
    piece(20, 'poor', { uplink_loss_percent: 9, freezes: 2, round_trip_ms: 200 }),
    piece(50, 'poor'),
  ],
};

beforeEach(() => useLanguage('en'));

test('times of one level are one, unless the person was away', () => {
  expect(runs(person, 10)).toEqual([
    { from: 0, seconds: 10, level: 'excellent' },
    { from: 10, seconds: 20, level: 'poor' },
    { from: 50, seconds: 10, level: 'poor' },
  ]);
});

test('a bad time is one, however bad it was from moment to moment', () => {
  const pieces = [piece(0, 'good'), piece(10, 'poor'), piece(20, 'lost'), piece(30, 'poor')];
  expect(spells({ pieces }, 10)).toEqual([{ from: 10, seconds: 30, level: 'lost' }]);
});

test('what is said of a bad time is what made it bad', () => {
  expect(noteworthy(worstFigures(person), true)).toEqual([
    'up to 12% loss while sending',
    'picture froze 3 times',
  ]);
});

test('a person is summed up in a sentence', () => {
  const seconds = { excellent: 680, good: 0, poor: 40, lost: 0 };
  expect(q.summary(seconds, ['up to 12% loss while sending'])).toBe(
    'Weak for 40\u00a0s of 12\u00a0min: up to 12% loss while sending',
  );
  expect(q.summary({ ...seconds, poor: 0 }, [])).toBe('Excellent for 11\u00a0min 20\u00a0s');
  useLanguage('zh-CN');
  expect(q.summary({ ...seconds, lost: 20 }, [])).toBe(
    '12\u00a0分 20\u00a0秒中，较弱 40\u00a0秒、中断 20\u00a0秒',
  );
});

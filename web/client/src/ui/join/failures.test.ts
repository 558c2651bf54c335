import { expect, test } from 'vitest';
import type { DeviceFailure } from '../../call/devices';
import { failuresOf } from './failures';

const wanted = (failure: DeviceFailure | null) => ({ wanted: true, failure });

test('each device that fails is told, and asked for again alone', () => {
  expect(failuresOf({ camera: wanted(null), microphone: wanted(null) })).toEqual([]);
  expect(failuresOf({ camera: wanted('denied'), microphone: wanted('busy') })).toEqual([
    { device: 'camera', failure: 'denied', devices: ['camera'] },
    { device: 'microphone', failure: 'busy', devices: ['microphone'] },
  ]);
});

test('a block of both has one advice, and one press mends both', () => {
  expect(failuresOf({ camera: wanted('denied'), microphone: wanted('denied') })).toEqual([
    { device: 'camera', failure: 'denied', devices: ['camera', 'microphone'] },
  ]);
});

test('a microphone that is muted, or a camera that is off, is neither told nor asked for', () => {
  const off = { wanted: false, failure: 'denied' } as const;
  expect(failuresOf({ camera: wanted('denied'), microphone: off })).toEqual([
    { device: 'camera', failure: 'denied', devices: ['camera'] },
  ]);
  expect(failuresOf({ camera: off, microphone: off })).toEqual([]);
});

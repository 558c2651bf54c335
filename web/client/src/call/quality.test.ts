import { expect, test } from 'vitest';
import { QualityMeter } from './quality';

const sample = (received: number, lost: number, frames: number) => [
  { type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.045 },
  { type: 'inbound-rtp', kind: 'audio', packetsReceived: 0, packetsLost: 0 },
  {
    type: 'inbound-rtp',
    kind: 'video',
    packetsReceived: received,
    packetsLost: lost,
    framesDecoded: frames,
    frameHeight: 720,
    freezeCount: 0,
  },
];

test('the first report has what is present and no rates', () => {
  expect(new QualityMeter().measure(sample(100, 0, 30), 1000)).toEqual({
    round_trip_ms: 45,
    height: 720,
  });
});

test('rates come from the difference of two samples', () => {
  const meter = new QualityMeter();
  meter.measure(sample(100, 0, 30), 1000);
  expect(meter.measure(sample(190, 10, 90), 3000)).toMatchObject({
    loss_percent: 10,
    frames_per_second: 30,
    freezes: 0,
  });
});

test('counters that start over after a rebuilt transport make no negative rates', () => {
  const meter = new QualityMeter();
  meter.measure(sample(1000, 50, 300), 1000);
  expect(meter.measure(sample(10, 0, 5), 3000)).toMatchObject({
    loss_percent: 0,
    frames_per_second: 0,
  });
});

import { expect, test } from 'vitest';
import { encodings, layerNames, type Sending, stopgaps } from './layers';

const HD = { width: 1280, height: 720 };
const FULL_HD = { width: 1920, height: 1080 };
const SMALL = { width: 640, height: 360 };

function sending(video: boolean[], change: Partial<Sending & { subject: boolean }> = {}): Sending {
  const { sparing = false, subject = false, relief = 0 } = change;
  return { publish: { video, screen: false, subject }, sparing, relief };
}
const all = sending([true, true, true]);
const lines = (source: typeof HD, how: Sending, count = 3) =>
  encodings(source, count, how).map((layer) =>
    Math.round(source.height / layer.scaleResolutionDownBy),
  );
const active = (source: typeof HD, how: Sending, count = 3) =>
  encodings(source, count, how).map((layer) => layer.active);

test('a camera is sent in three sizes, the lowest first', () => {
  expect(layerNames(HD, false)).toEqual(['l', 'm', 'h']);
  expect(lines(HD, all)).toEqual([180, 360, 720]);
  expect(lines(FULL_HD, all)).toEqual([180, 360, 720]);
});

test('a weak phone sends two', () => {
  expect(layerNames(HD, true)).toEqual(['l', 'h']);
  expect(lines(HD, all, 2)).toEqual([240, 720]);
});

test('a small camera gets as many layers as a browser would send', () => {
  expect(layerNames(SMALL, false)).toEqual(['l', 'h']);
  expect(lines(SMALL, all, 2)).toEqual([180, 360]);
  // As a camera that was replaced by a smaller one: the layers were agreed on before.
  expect(lines(SMALL, all, 3)).toEqual([180, 360, 360]);
  expect(layerNames({ width: 320, height: 240 }, false)).toEqual([]);
});

test('only what somebody needs is encoded', () => {
  expect(active(HD, sending([false, false, true]))).toEqual([false, false, true]);
  expect(active(HD, sending([false, false, false]))).toEqual([false, false, false]);
});

test('a layer that the camera is too small for stands for the best that there is', () => {
  expect(active(SMALL, sending([true, false, true]))).toEqual([true, true, false]);
});

test('in the waiting room only the lowest is sent, and sparingly', () => {
  const [lowest, ...others] = encodings(HD, 3, sending([true, true, true], { sparing: true }));
  expect(lowest).toMatchObject({ active: true, maxBitrate: 150_000, maxFramerate: 8 });
  expect(others.map((layer) => layer.active)).toEqual([false, false]);
});

test('the picture that the call is about is sent as large as the camera has it', () => {
  expect(lines(FULL_HD, sending([true, true, true], { subject: true }))).toEqual([270, 540, 1080]);
  expect(lines(HD, sending([true, true, true], { subject: true }))).toEqual([180, 360, 720]);
});

test('no layer is ever larger than the camera', () => {
  for (const source of [HD, SMALL, { width: 160, height: 120 }]) {
    for (const layer of encodings(source, 3, all)) {
      expect(layer.scaleResolutionDownBy).toBeGreaterThanOrEqual(1);
    }
  }
});

test('where a layer hardly fits those below it are sent as well, until it clearly does', () => {
  const best = sending([false, false, true]).publish;
  let before: boolean[] = [];
  const added = (bitrate: number, publish = best) =>
    (before = stopgaps(HD, 3, publish, bitrate, before));
  expect(added(1_100_000)).toEqual([false, false, false]);
  expect(added(900_000)).toEqual([false, true, false]);
  expect(added(1_100_000)).toEqual([false, true, false]);
  expect(added(1_400_000)).toEqual([false, false, false]);
  expect(added(100_000)).toEqual([true, true, false]);
  expect(added(280_000)).toEqual([true, true, false]);
  expect(added(400_000)).toEqual([false, true, false]);
  expect(active(HD, { ...sending([false, false, true]), stopgaps: before })).toEqual([
    false,
    true,
    true,
  ]);
  // What is needed anyway is not added, and what nobody needs needs no help.
  expect(added(100_000, sending([true, false, true]).publish)).toEqual([false, true, false]);
  expect(added(100_000, sending([false, false, false]).publish)).toEqual([false, false, false]);
});

test('of the picture that the call is about resolution comes first', () => {
  const subject = sending([false, false, true], { subject: true }).publish;
  expect(stopgaps(HD, 3, subject, 400_000, [])).toEqual([false, false, false]);
  expect(stopgaps(HD, 3, subject, 250_000, [])).toEqual([false, true, false]);
});

test('a device that is short of processor sends fewer frames, as sharp as before', () => {
  const rates = (relief: 0 | 1 | 2) =>
    encodings(HD, 3, sending([true, true, true], { relief })).map((layer) => layer.maxFramerate);
  expect([rates(0), rates(1), rates(2)]).toEqual([
    [30, 30, 30],
    [15, 15, 15],
    [8, 8, 8],
  ]);
  expect(lines(HD, sending([true, true, true], { relief: 2 }))).toEqual([180, 360, 720]);
});

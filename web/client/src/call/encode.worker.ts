// Turns a frame into image bytes away from the page's thread: a page that is busy with a call would
// both be slow at it and stumble in its picture.

import type { EncodeJob, EncodeResult } from './encode';

self.onmessage = async ({ data }: MessageEvent<EncodeJob>) => {
  const { id, bitmap, type, quality } = data;
  let result: EncodeResult;
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type, quality });
    result = { id, blob };
  } catch (error) {
    result = { id, failure: String(error) };
  }
  bitmap.close();
  self.postMessage(result);
};

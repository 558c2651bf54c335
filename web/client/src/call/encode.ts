// Frames become files here: in a worker where the browser can, on the page where it cannot.

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

export interface EncodeJob {
  id: number;
  bitmap: ImageBitmap;
  type: PictureType;
  quality: number;
}

export type EncodeResult = { id: number; blob: Blob } | { id: number; failure: string };

/** High enough that a camera's own noise is larger than what is lost. */
export const QUALITY = 0.95;
/** What a lossless photo of a camera frame comes to, measured on skin and hair. */
const LOSSLESS_BYTES_PER_PIXEL = 1.5;
const BUDGET_SECONDS = 0.7;

/** Lossless when it can be there within the budget; `uplinkBps` is what uploads were seen to reach. */
export function pictureType(pixels: number, uplinkBps: number): PictureType {
  const seconds = (pixels * LOSSLESS_BYTES_PER_PIXEL * 8) / uplinkBps;
  return seconds <= BUDGET_SECONDS ? 'image/png' : 'image/jpeg';
}

let worker: Worker | null = null;
let nextJob = 1;
const waiting = new Map<number, (result: EncodeResult) => void>();

/** Consumes the bitmap. */
export async function encode(
  bitmap: ImageBitmap,
  type: PictureType,
  quality = QUALITY,
): Promise<Blob> {
  if (typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined') {
    return encodeOnPage(bitmap, type, quality);
  }
  const result = await encodeInWorker(bitmap, type, quality);
  if ('blob' in result) return result.blob;
  throw new Error(result.failure);
}

/** Starts the worker ahead of the first shutter, which should not wait for its script. */
export function warmUp(): void {
  if (worker || typeof OffscreenCanvas === 'undefined' || typeof Worker === 'undefined') return;
  worker = new Worker(new URL('./encode.worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<EncodeResult>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  worker.onerror = () => {
    for (const [id, settle] of waiting) settle({ id, failure: 'the encoder stopped' });
    waiting.clear();
    worker = null;
  };
}

function encodeInWorker(
  bitmap: ImageBitmap,
  type: PictureType,
  quality: number,
): Promise<EncodeResult> {
  warmUp();
  const id = nextJob++;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    const job: EncodeJob = { id, bitmap, type, quality };
    worker?.postMessage(job, [bitmap]);
  });
}

function encodeOnPage(bitmap: ImageBitmap, type: PictureType, quality: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d', { alpha: false })?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the browser made no picture'))),
      type,
      quality,
    );
  });
}

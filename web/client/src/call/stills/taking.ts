// Takes a small still picture of the camera: WebP where the browser makes it, JPEG where not.

import { grabFrame } from '../capture';
import { encode, type PictureType } from '../encode';
import type { Shape, Shaping } from './shape';

let type: PictureType = 'image/webp';

/** At most so many bytes, where that can be. */
export async function takeStill(
  track: MediaStreamTrack,
  shaping: Shaping,
  most: number,
): Promise<Blob> {
  const frame = await grabFrame(track);
  try {
    return await shaping.fit(most, (shape) => encoded(frame, shape));
  } finally {
    frame.close();
  }
}

async function encoded(frame: ImageBitmap, { side, quality }: Shape): Promise<Blob> {
  const blob = await encode(await scaled(frame, side), type, quality);
  // A browser that does not make this type makes PNG, whatever it was asked for.
  if (blob.type === type) return blob;
  type = 'image/jpeg';
  return encode(await scaled(frame, side), type, quality);
}

function scaled(frame: ImageBitmap, side: number): Promise<ImageBitmap> {
  const scale = Math.min(1, side / Math.max(frame.width, frame.height));
  return createImageBitmap(frame, {
    resizeWidth: Math.round(frame.width * scale),
    resizeHeight: Math.round(frame.height * scale),
    resizeQuality: 'medium',
  });
}

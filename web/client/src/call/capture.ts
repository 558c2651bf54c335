// Takes the picture that a snapshot is made of: the camera's raw frame at the track's full size,
// before any video compression and unmirrored whatever the preview shows.

import { encode, pictureType } from './encode';
import { withTimeout } from './platform';

export interface Picture {
  blob: Blob;
  width: number;
  height: number;
}

const GRAB_MS = 1000;
const PHOTO_MS = 1500;
/** Below this a video track shows too little, and a photo is worth the pause it makes. */
const POOR_TRACK_PIXELS = 900_000;

interface PhotoTaker {
  grabFrame(): Promise<ImageBitmap>;
  takePhoto(): Promise<Blob>;
  getPhotoCapabilities(): Promise<{ imageWidth?: { max: number }; imageHeight?: { max: number } }>;
}
type PhotoTakerClass = new (track: MediaStreamTrack) => PhotoTaker;
type ProcessorClass = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => {
  readable: ReadableStream<VideoFrame>;
};

const globals = globalThis as unknown as {
  ImageCapture?: PhotoTakerClass;
  MediaStreamTrackProcessor?: ProcessorClass;
};

/** Of the participant's own camera. Rejects when the track gives no frame. */
export async function pictureOfCamera(
  track: MediaStreamTrack,
  uplinkBps: number,
): Promise<Picture> {
  return (await betterPhoto(track)) ?? pictureOf(await grabFrame(track), uplinkBps);
}

/** What shows somebody: their video, or a still picture in its place. */
export type ScreenElement = HTMLVideoElement | HTMLImageElement;

/** Of what a screen shows at this instant. */
export async function pictureOfScreen(screen: ScreenElement): Promise<Picture> {
  return pictureOf(await createImageBitmap(screen), 0);
}

async function pictureOf(frame: ImageBitmap, uplinkBps: number): Promise<Picture> {
  const { width, height } = frame;
  const blob = await encode(frame, pictureType(width * height, uplinkBps));
  return { blob, width, height };
}

/** The camera's present frame, at the track's full size. */
export async function grabFrame(track: MediaStreamTrack): Promise<ImageBitmap> {
  for (const grab of [fromImageCapture, fromProcessor]) {
    const frame = await grab(track).catch(() => null);
    if (frame) return frame;
  }
  return fromVideoElement(track);
}

async function fromImageCapture(track: MediaStreamTrack): Promise<ImageBitmap | null> {
  if (!globals.ImageCapture) return null;
  return withTimeout(new globals.ImageCapture(track).grabFrame(), GRAB_MS, 'grabbing a frame');
}

async function fromProcessor(track: MediaStreamTrack): Promise<ImageBitmap | null> {
  if (!globals.MediaStreamTrackProcessor) return null;
  const processor = new globals.MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
  const reader = processor.readable.getReader();
  try {
    const { value } = await withTimeout(reader.read(), GRAB_MS, 'reading a frame');
    if (!value) return null;
    const bitmap = await createImageBitmap(value);
    value.close();
    return bitmap;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

async function fromVideoElement(track: MediaStreamTrack): Promise<ImageBitmap> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await withTimeout(video.play(), GRAB_MS, 'showing the camera');
    return await createImageBitmap(video);
  } finally {
    video.srcObject = null;
  }
}

/** The sensor's own photo, where the track is poor and the photo has at least twice its pixels. */
async function betterPhoto(track: MediaStreamTrack): Promise<Picture | null> {
  const { width = 0, height = 0 } = track.getSettings();
  if (!globals.ImageCapture || width * height >= POOR_TRACK_PIXELS) return null;
  try {
    const taker = new globals.ImageCapture(track);
    const { imageWidth, imageHeight } = await withTimeout(
      taker.getPhotoCapabilities(),
      GRAB_MS,
      'asking',
    );
    const promised = (imageWidth?.max ?? 0) * (imageHeight?.max ?? 0);
    if (promised < 2 * width * height) return null;
    const blob = await withTimeout(taker.takePhoto(), PHOTO_MS, 'taking a photo');
    const bitmap = await createImageBitmap(blob);
    const picture = { blob, width: bitmap.width, height: bitmap.height };
    bitmap.close();
    return picture;
  } catch {
    return null;
  }
}

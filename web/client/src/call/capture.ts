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

const globals = globalThis as unknown as { ImageCapture?: PhotoTakerClass };

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
  if (track.muted) throw new Error('the camera is paused');
  try {
    return await fromViewfinder(track);
  } catch (error) {
    if (!globals.ImageCapture) throw error;
    return withTimeout(new globals.ImageCapture(track).grabFrame(), GRAB_MS, 'grabbing a frame');
  }
}

/** By camera, what shows it to nobody. When the camera is turned off, it ends and is forgotten. */
const viewfinders = new WeakMap<MediaStreamTrack, HTMLVideoElement>();

/**
 * Looks at a camera from now on, so that its picture of any instant is at hand. `grabFrame` of the
 * browser would wait for the next frame (w3c/mediacapture-image issue 210), and in the midst of a call took
 * from 0.1 to 1.3 seconds in Chromium, or failed.
 */
export function lookAt(track: MediaStreamTrack): void {
  if (typeof document !== 'undefined') void play(viewfinder(track)).catch(() => undefined);
}

async function fromViewfinder(track: MediaStreamTrack): Promise<ImageBitmap> {
  const video = viewfinder(track);
  // New, or paused by the system meanwhile.
  if (video.paused || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) await play(video);
  return createImageBitmap(video);
}

function viewfinder(track: MediaStreamTrack): HTMLVideoElement {
  let video = viewfinders.get(track);
  if (!video) {
    video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    viewfinders.set(track, video);
  }
  return video;
}

function play(video: HTMLVideoElement): Promise<void> {
  return withTimeout(video.play(), GRAB_MS, 'showing the camera');
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

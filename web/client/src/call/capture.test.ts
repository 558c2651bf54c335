import { beforeEach, expect, test, vi } from 'vitest';
import { grabFrame, lookAt } from './capture';

/** As much of a video element as is asked for. */
class FakeVideo {
  paused = true;
  readyState = 0;
  played = 0;

  async play() {
    this.played += 1;
    this.paused = false;
    this.readyState = HAVE_CURRENT_DATA;
  }
}

const HAVE_CURRENT_DATA = 2;
const grabbed = { by: 'grabFrame' } as unknown as ImageBitmap;
let videos: FakeVideo[];
let track: MediaStreamTrack;

beforeEach(() => {
  videos = [];
  track = { muted: false } as MediaStreamTrack;
  vi.stubGlobal('document', {
    createElement: () => {
      const video = new FakeVideo();
      videos.push(video);
      return video;
    },
  });
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA });
  vi.stubGlobal('createImageBitmap', async (video: FakeVideo) => ({ of: video }));
  return () => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  };
});

test('a camera that is looked at gives what it sees without playing anew', async () => {
  lookAt(track);
  expect(await grabFrame(track)).toEqual({ of: videos[0] });
  expect(await grabFrame(track)).toEqual({ of: videos[0] });
  expect(videos).toHaveLength(1);
  expect(videos[0]!.played).toBe(1);
});

test('another camera is looked at by itself, also when nobody said so before', async () => {
  lookAt(track);
  expect(await grabFrame({ muted: false } as MediaStreamTrack)).toEqual({ of: videos[1] });
});

test('what the system paused meanwhile plays again before its picture is taken', async () => {
  lookAt(track);
  videos[0]!.paused = true;
  await grabFrame(track);
  expect(videos[0]!.played).toBe(2);
});

test('of a camera that is paused there is no picture, least of all an old one', async () => {
  lookAt(track);
  await expect(grabFrame({ ...track, muted: true })).rejects.toThrow('the camera is paused');
});

test('a browser that shows it to nobody is asked for a frame, if it can', async () => {
  vi.spyOn(FakeVideo.prototype, 'play').mockRejectedValue(new Error('not allowed'));
  await expect(grabFrame(track)).rejects.toThrow('not allowed');
  vi.stubGlobal(
    'ImageCapture',
    class {
      grabFrame = async () => grabbed;
    },
  );
  expect(await grabFrame(track)).toBe(grabbed);
});

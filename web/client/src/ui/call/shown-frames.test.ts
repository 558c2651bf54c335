import { expect, test } from 'vitest';
import { shownFrames } from './shown-frames';

/** As a browser's that tells of each frame, until it is not asked any more. */
class Telling {
  private asked = new Map<number, VideoFrameRequestCallback>();

  requestVideoFrameCallback(hear: VideoFrameRequestCallback): number {
    this.asked.set(this.asked.size + 1, hear);
    return this.asked.size;
  }

  cancelVideoFrameCallback(request: number) {
    this.asked.delete(request);
  }

  /** How many of its frames somebody waited for. */
  show(presentedFrames: number): number {
    const waiting = [...this.asked.values()];
    this.asked.clear();
    for (const hear of waiting) hear(0, { presentedFrames } as VideoFrameCallbackMetadata);
    return waiting.length;
  }
}

test('frames are counted as the browser tells of them', () => {
  const video = new Telling();
  const shown = shownFrames(video as unknown as HTMLVideoElement);
  video.show(1);
  video.show(7);
  expect(shown.count).toBe(7);
  shown.stop();
  expect(video.show(8)).toBe(0);
});

test('a browser that does not tell is asked', () => {
  const video = { getVideoPlaybackQuality: () => ({ totalVideoFrames: 30 }) };
  expect(shownFrames(video as unknown as HTMLVideoElement).count).toBe(30);
});

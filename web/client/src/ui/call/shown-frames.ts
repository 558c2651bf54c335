// How many frames of a picture were shown. Firefox says nothing of a call's in `getVideoPlaybackQuality`,
// and older browsers do not tell of each frame.

export interface ShownFrames {
  readonly count: number;
  stop(): void;
}

export function shownFrames(video: HTMLVideoElement): ShownFrames {
  return 'requestVideoFrameCallback' in video ? told(video) : asked(video);
}

function told(video: HTMLVideoElement): ShownFrames {
  let count = 0;
  let request = video.requestVideoFrameCallback(hear);
  function hear(_: number, { presentedFrames }: VideoFrameCallbackMetadata) {
    count = presentedFrames;
    request = video.requestVideoFrameCallback(hear);
  }
  return {
    get count() {
      return count;
    },
    stop: () => video.cancelVideoFrameCallback(request),
  };
}

function asked(video: HTMLVideoElement): ShownFrames {
  return {
    get count() {
      return video.getVideoPlaybackQuality().totalVideoFrames;
    },
    stop: () => undefined,
  };
}

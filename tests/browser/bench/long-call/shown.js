// Which frames of whom a page has shown, and when.

/** Begins to note every frame of somebody else that the page shows, whichever element shows it. */
export function watchPictures(page) {
  return page.evaluate(() => {
    const shown = (globalThis.picturesShown = new Map());
    const watched = new WeakSet();
    const note = (video, now, { rtpTimestamp }) => {
      video.requestVideoFrameCallback((...next) => note(video, ...next));
      const track = video.srcObject?.getVideoTracks()[0];
      // One's own picture never was a packet.
      if (!track || rtpTimestamp === undefined) return;
      if (!shown.has(track.id)) shown.set(track.id, { name: '', frames: [] });
      const picture = shown.get(track.id);
      picture.name = video.ariaLabel;
      if (picture.frames.at(-1)?.timestamp === rtpTimestamp) return;
      picture.frames.push({ at: performance.timeOrigin + now, timestamp: rtpTimestamp });
    };
    setInterval(() => {
      for (const video of document.querySelectorAll('video')) {
        if (watched.has(video)) continue;
        watched.add(video);
        video.requestVideoFrameCallback((...first) => note(video, ...first));
      }
    }, 500);
  });
}

/**
 * What was shown so far, of each sender by its name, with the SSRC by which it came; and the SSRCs
 * of the page's own camera.
 * @returns {Promise<{own: number[],
 *   pictures: {name: string, ssrc: number, frames: {at: number, timestamp: number}[]}[]}>}
 */
export function picturesShown(page) {
  return page.evaluate(async () => {
    const open = globalThis.observedConnections.find((one) => one.connectionState === 'connected');
    const stats = [...(await open.getStats()).values()].filter(({ kind }) => kind === 'video');
    const own = stats.filter(({ type }) => type === 'outbound-rtp').map(({ ssrc }) => ssrc);
    const ssrcs = new Map(
      stats
        .filter(({ type }) => type === 'inbound-rtp')
        .map(({ trackIdentifier, ssrc }) => [trackIdentifier, ssrc]),
    );
    const pictures = [...globalThis.picturesShown].map(([track, picture]) => ({
      ...picture,
      ssrc: ssrcs.get(track),
    }));
    return { own, pictures };
  });
}

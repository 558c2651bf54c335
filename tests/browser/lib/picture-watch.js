// What a person sees of a picture: when each frame was shown. And what came of what was sent.

/** Begins to note every frame that the page's largest picture shows. */
export function watchPicture(page) {
  return page.evaluate(() => {
    const area = ({ clientWidth, clientHeight }) => clientWidth * clientHeight;
    const [largest] = [...document.querySelectorAll('video')].sort((a, b) => area(b) - area(a));
    globalThis.watchedPicture = largest;
    const shown = (globalThis.framesShown = []);
    const note = (now) => {
      shown.push(performance.timeOrigin + now);
      largest.requestVideoFrameCallback(note);
    };
    largest.requestVideoFrameCallback(note);
  });
}

/** How many lines the picture that is watched has now. */
export function linesSeen(page) {
  return page.evaluate(() => {
    const { videoHeight, videoWidth } = globalThis.watchedPicture;
    return Math.min(videoHeight, videoWidth);
  });
}

/** The times of the frames shown since `from`, by the machine's clock. */
export function framesSince(page, from) {
  return page.evaluate((since) => globalThis.framesShown.filter((at) => at >= since), from);
}

/** The longest time without a new frame between two moments, in ms. */
export async function longestGap(page, from, until = Date.now()) {
  const shown = (await framesSince(page, from)).filter((at) => at <= until);
  const moments = [from, ...shown, until];
  return Math.max(...moments.slice(1).map((at, n) => at - moments[n]));
}

/** Frames that were sent between two counts: of several layers of a camera, of the fullest. */
export function framesSent(before, after) {
  const each = Object.entries(after.sent).map(([layer, frames]) => {
    return frames - (before.sent[layer] ?? 0);
  });
  return Math.max(0, ...each);
}

/** Sums of what a page has sent, by layer, and received so far. */
export function counts(page) {
  return page.evaluate(async () => {
    const sums = { sent: {}, decoded: 0, samples: 0, concealed: 0 };
    const open = globalThis.observedConnections.filter((one) => one.connectionState !== 'closed');
    for (const connection of open) {
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type === 'outbound-rtp' && entry.kind === 'video') {
          sums.sent[entry.id] = entry.framesSent ?? 0;
        }
        if (entry.type !== 'inbound-rtp') continue;
        sums.decoded += entry.framesDecoded ?? 0;
        sums.samples += entry.totalSamplesReceived ?? 0;
        // What was filled in while nobody spoke is no gap.
        sums.concealed += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
      }
    }
    return sums;
  });
}

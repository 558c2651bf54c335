// What a person sees of still pictures in the place of a video: which, when, and how old.

/** Begins to note each still picture that the page shows, and when there is none. */
export function watchStills(page) {
  return page.evaluate(() => {
    const seen = (globalThis.stillsShown = []);
    let before = '';
    setInterval(() => {
      const image = document.querySelector('[data-taken-at] img');
      const url = image?.complete && image.naturalWidth > 0 ? image.src : '';
      if (url === before) return;
      before = url;
      const { naturalWidth: width = 0, naturalHeight: height = 0 } = image ?? {};
      const takenAt = Number(image?.closest('[data-taken-at]').dataset.takenAt);
      seen.push({ at: Date.now(), url, width, height, takenAt });
    }, 50);
  });
}

/** The stills shown since `from`, the last entry possibly of none (`url` is empty). */
export function stillsSince(page, from) {
  return page.evaluate((since) => globalThis.stillsShown.filter(({ at }) => at >= since), from);
}

// What a person sees of still pictures in the place of a video: which, when, and how old.

/** Returns once the page shows one in the place of somebody's video. */
export function stillShown(page) {
  return page.locator('[data-taken-at] img').first().waitFor({ timeout: 60_000 });
}

/** The one that is shown, as a PNG. */
export async function stillPicture(page) {
  const encoded = await page.evaluate(() => {
    const image = document.querySelector('[data-taken-at] img');
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/png').split(',')[1];
  });
  return Buffer.from(encoded, 'base64');
}

/** Returns once no still is shown any more. */
export function stillGone(page, within) {
  return page.locator('[data-taken-at] img').waitFor({ state: 'detached', timeout: within });
}

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

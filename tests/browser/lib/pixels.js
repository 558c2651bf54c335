// Pictures, compared with what the clip shows.

/**
 * The mean colours of a picture's quarters, away from their edges and from the wandering square,
 * and its size; decoded by the page's browser.
 */
export async function quartersOf(page, bytes) {
  return page.evaluate(async (encoded) => {
    const data = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([data]));
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const mean = (x, y) => {
      const side = Math.floor(height / 10);
      const { data: pixels } = context.getImageData(x * width, y * height, side, side);
      const sums = [0, 0, 0];
      for (let at = 0; at < pixels.length; at += 4) {
        for (const channel of [0, 1, 2]) sums[channel] += pixels[at + channel];
      }
      return sums.map((sum) => Math.round(sum / (pixels.length / 4)));
    };
    const quarters = [mean(0.1, 0.1), mean(0.8, 0.1), mean(0.1, 0.8), mean(0.8, 0.8)];
    return { width, height, quarters };
  }, Buffer.from(bytes).toString('base64'));
}

/** The greatest difference of any channel of any quarter. */
export function difference(seen, expected) {
  return Math.max(
    ...seen.flatMap((quarter, q) => quarter.map((v, c) => Math.abs(v - expected[q][c]))),
  );
}

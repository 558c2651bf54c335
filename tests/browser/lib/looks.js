// A screen in all the ways in which people have it: phone and desktop, light and dark. The page
// stays; only its surroundings change, so that a look costs less than a second.
//
// With SCREENS=folder in the environment every look is also kept there as a picture.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { barriers, misfits } from './accessibility.js';

const sizes = {
  desktop: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};
const pictures = process.env.SCREENS;

/**
 * Fails with what anybody could not read or hit, in whatever look. A theme changes colours only, so
 * that the dark one is asked for its contrasts alone.
 * @param {string} screen what it is called in a failure, and its picture's name
 * @param {(page) => Promise<string[]>} more what else may be wrong on this screen, in words
 */
export async function assertGoodInEveryLook(page, screen, more = async () => []) {
  const before = page.viewportSize();
  const language = await page.evaluate(() => document.documentElement.lang);
  const found = [];
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const theme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: theme });
      await stillness(page);
      await keepPicture(page, `${screen} ${language} ${size} ${theme}`);
      const wrong =
        theme === 'light'
          ? [...(await misfits(page)), ...(await more(page)), ...(await barriers(page))]
          : await barriers(page, { only: ['color-contrast'] });
      found.push(...wrong.map((words) => `${size}, ${theme}: ${words}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(before);
  assert.equal(found.length, 0, `${screen} (${language}):\n  ${found.join('\n  ')}`);
}

/** Colours are judged when nothing is half faded in; what never ends is not waited for. */
function stillness(page) {
  return page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const fading = document
      .getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    await Promise.race([
      Promise.all(fading.map((one) => one.finished.catch(() => {}))),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
  });
}

async function keepPicture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name.replaceAll(/[^\w-]+/g, '-')}.png`) });
}

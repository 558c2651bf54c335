// axe on whatever a page shows.
import assert from 'node:assert/strict';
import axe from 'axe-core';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Fails with what axe finds serious on the page as it stands. */
export async function assertAccessible(page, screen) {
  // Colours are judged when nothing is half faded in; what never ends is not waited for.
  await page.evaluate(() => {
    const fading = document
      .getAnimations()
      .filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
    return Promise.race([
      Promise.all(fading.map((one) => one.finished.catch(() => {}))),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
  });
  await page.evaluate(`if (!globalThis.axe) { ${axe.source} }`);
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }),
    rules,
  );
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const told = serious.map(({ id, help, nodes }) => {
    const where = nodes
      .slice(0, 3)
      .map(({ target, failureSummary }) => `${target} ${failureSummary}`);
    return `${id}: ${help}\n    ${where.join('\n    ')}`;
  });
  assert.equal(told.length, 0, `${screen}:\n  ${told.join('\n  ')}`);
}

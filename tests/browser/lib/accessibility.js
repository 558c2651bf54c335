// What everybody must be able to read and hit, on whatever a page shows: axe, sizes of targets, and
// nothing beside the screen.
import axe from 'axe-core';
import { eventually } from './people.js';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * What axe finds serious on the page as it stands, in words; nothing when all is well.
 * @param {{only?: string[]}} options rules by name; all of WCAG 2.2 AA when not told
 */
export async function barriers(page, { only } = {}) {
  await page.evaluate(`if (!globalThis.axe) { ${axe.source} }`);
  const { violations } = await page.evaluate(
    (runOnly) =>
      globalThis.axe.run(document, { runOnly, resultTypes: ['violations'], preload: false }),
    only ? { type: 'rule', values: only } : { type: 'tag', values: rules },
  );
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  return serious.map(({ id, help, nodes }) => {
    const where = nodes
      .slice(0, 3)
      .map(({ target, failureSummary }) => `${target} ${failureSummary}`);
    return `${id}: ${help}\n    ${where.join('\n    ')}`;
  });
}

/** Returns once the focus is on the heading with these words, from where a screen reader reads on. */
export function readsOnFrom(page, words) {
  const focused = () => page.evaluate(() => document.querySelector('h1:focus')?.textContent ?? '');
  return eventually(`the focus is on ${words}`, async () => words.test(await focused()));
}

/** Where a thumb has less than this to hit, or the page is wider than the screen; in words. */
export function misfits(page, least = 44) {
  return page.evaluate(whatDoesNotFit, least);
}

/**
 * Notices that lie over a button, or over somebody's tile; in words. They let fingers through, so that
 * no click would find it.
 */
export function noticesInTheWay(page) {
  return page.evaluate(() => {
    const isSeen = (element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
      element.clientWidth > 1;
    const overlap = (one, other) => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return across > 1 && down > 1;
    };
    const notices = [...document.querySelectorAll('[role=status] > *')].filter(isSeen);
    const others = [...document.querySelectorAll('button, li:has(video)')].filter(isSeen);
    return notices.flatMap((notice) =>
      others
        .filter((other) => !other.contains(notice) && overlap(notice, other))
        .map((other) => `“${notice.innerText}” over “${other.ariaLabel ?? other.innerText}”`),
    );
  });
}

/** Runs in the page. Links within a text are as large as the text: WCAG 2.5.8 lets them. */
function whatDoesNotFit(least) {
  const words = (element) =>
    `${element.tagName.toLowerCase()} “${(element.ariaLabel ?? element.innerText ?? '').trim().slice(0, 40)}”`;
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    getComputedStyle(element).pointerEvents !== 'none' &&
    !element.closest('[inert]');
  /** A label is hit in place of its field. */
  const boxOf = (element) => {
    const boxes = [element, ...(element.labels ?? [])].map((one) => one.getBoundingClientRect());
    return {
      width: Math.max(...boxes.map(({ width }) => width)),
      height: Math.max(...boxes.map(({ height }) => height)),
    };
  };
  const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const top = [...document.querySelectorAll('dialog[open]')].pop() ?? document;
  const small = [...top.querySelectorAll(targets)]
    .filter(isSeen)
    .filter((element) => getComputedStyle(element).display !== 'inline')
    .map((element) => ({ element, ...boxOf(element) }))
    .filter(({ width, height }) => width < least - 0.5 || height < least - 0.5)
    .map(
      ({ element, width, height }) =>
        `small target: ${words(element)} ${Math.round(width)}×${Math.round(height)}`,
    );

  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return small;
  const beyond = [...document.body.querySelectorAll('*')]
    .filter((element) => isSeen(element) && element.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5)
    .map(words);
  return [...small, `${root.scrollWidth} px wide on ${innerWidth} px: ${beyond.join(', ')}`];
}

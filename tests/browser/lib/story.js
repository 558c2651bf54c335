// A story is told in steps; what comes after a step that failed is not tried. A failure leaves
// pictures of all open pages and the server's log under target/browser-failures/.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openPages } from './browser.js';
import { target } from './paths.js';
import { runningServers } from './server.js';

/** @param {import('node:test').TestContext} t @returns the function that tells a step */
export function steps(t) {
  let failed = false;
  return async (name, told) => {
    if (failed) return;
    await t.test(name, async (step) => {
      try {
        await told(step);
      } catch (error) {
        failed = true;
        await keepEvidence(`${t.name}, ${name}`);
        throw error;
      }
    });
  };
}

/** For a story of one step. */
export function told(tell) {
  return async (t) => {
    try {
      await tell(t);
    } catch (error) {
      await keepEvidence(t.name);
      throw error;
    }
  };
}

async function keepEvidence(name) {
  const folder = join(target, 'browser-failures', name.replaceAll(/[^\p{L}\p{N}]+/gu, '-'));
  mkdirSync(folder, { recursive: true });
  for (const [n, page] of [...openPages].entries()) {
    await page.screenshot({ path: join(folder, `page-${n}.png`), timeout: 3000 }).catch(() => {});
  }
  for (const server of runningServers) server.keepLog(join(folder, 'server.log'));
}

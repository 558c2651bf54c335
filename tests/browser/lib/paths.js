import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** The server: what `script/test` built, unless told otherwise (`script/bench`: the release). */
export const closeup = process.env.SERVER_UNDER_TEST ?? join(target, 'debug/closeup');

/** Debian's Chromium without its wrapper script, which rewrites flags. */
export const chromium = [
  process.env.CHROMIUM,
  '/usr/lib/chromium/chromium',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path));

/** Debian's, without its wrapper script as well. */
export const firefox = [
  process.env.FIREFOX,
  '/usr/lib/firefox-esr/firefox-esr',
  '/usr/bin/firefox',
].find((path) => path && existsSync(path));

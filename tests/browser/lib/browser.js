// Real browsers, each with a camera and a microphone of its own.
import playwright from 'playwright-core';
import { clip } from './clips.js';
import { launchFirefox } from './firefox.js';
import { observe } from './observe.js';
import { chromium } from './paths.js';

/**
 * @typedef {{firefox?: boolean, camera?: ReturnType<typeof clip>, allowed?: string[],
 *   language?: 'zh-CN' | 'en', phone?: boolean, dark?: boolean, flags?: string[], relayOnly?: boolean,
 *   network?: import('./network.js').BadNetwork, secureOrigin?: string, withoutUdp?: boolean}} Options
 *   `network`: behind its link; `secureOrigin` may use the camera without TLS.
 *   Firefox has a camera and a microphone of its own making, always allowed; it knows no `flags`, but
 *   how to be `withoutUdp`.
 */

/**
 * A browser of its own, because the fake camera belongs to the process.
 * @param {Options} options
 */
export async function open(options = {}) {
  const browser = await (options.firefox ? launchFirefox(options) : launchChromium(options));
  const page = await newPage(browser, options);
  return { browser, page, errors: page.errors, close: () => browser.close() };
}

function launchChromium({ camera, network, secureOrigin, flags = [] }) {
  if (!chromium) throw new Error('no Chromium here: run script/bootstrap');
  return playwright.chromium.launch({
    executablePath: network?.startsThere(chromium) ?? chromium,
    args: [
      '--no-sandbox',
      '--allow-loopback-in-peer-connection',
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      ...(secureOrigin ? [`--unsafely-treat-insecure-origin-as-secure=${secureOrigin}`] : []),
      ...fakeDevices(camera),
      ...flags,
    ],
  });
}

/** All pages that are open now, to be looked at when a story fails. */
export const openPages = new Set();

/** Another visitor in the same browser: own cookies, own storage, the same camera. */
export async function newPage(browser, options = {}) {
  const {
    allowed = ['camera', 'microphone'],
    language = 'en',
    phone = false,
    dark = false,
  } = options;
  const context = await browser.newContext({
    locale: language,
    timezoneId: 'Asia/Shanghai',
    colorScheme: dark ? 'dark' : 'light',
    viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
    ...(options.firefox
      ? {}
      : {
          hasTouch: phone,
          isMobile: phone,
          permissions: [...allowed, 'clipboard-read', 'clipboard-write'],
        }),
  });
  context.setDefaultTimeout(40_000);
  await context.addInitScript(observe, { relayOnly: options.relayOnly ?? false });
  const page = await context.newPage();
  openPages.add(page);
  page.on('close', () => openPages.delete(page));
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(`${error.stack ?? error}`));
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) page.errors.push(message.text());
  });
  return page;
}

/** Without a clip there is no camera at all. */
function fakeDevices(camera) {
  if (!camera) return [];
  return [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${camera.video}`,
    `--use-file-for-fake-audio-capture=${camera.audio}`,
  ];
}

export { clip };

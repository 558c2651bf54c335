// Firefox, as it comes from Mozilla and Debian, over WebDriver BiDi.
import { networkInterfaces } from 'node:os';
import playwright from 'playwright-core';
import { firefox } from './paths.js';

/** @param {Pick<import('./browser.js').Options, 'dark' | 'network' | 'secureOrigin' | 'withoutUdp'>} options */
export async function launchFirefox({ dark = false, network, secureOrigin, withoutUdp = false }) {
  if (!firefox) throw new Error('no Firefox here: run script/bootstrap');
  return playwright.firefox.launch({
    channel: 'moz-firefox',
    executablePath: network?.startsThere(firefox) ?? firefox,
    ...(network && {
      ignoreDefaultArgs: ['--remote-debugging-port=0'],
      args: [`--remote-debugging-port=${await network.bridge()}`],
    }),
    firefoxUserPrefs: {
      'dom.securecontext.allowlist': secureOrigin ? new URL(secureOrigin).hostname : '',
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.force_ice_tcp': withoutUdp,
      'ui.systemUsesDarkTheme': dark ? 1 : 0,
    },
  });
}

/** An address of this machine that Firefox finds a way to: it has none to 127.0.0.1. */
export function addressForFirefox() {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

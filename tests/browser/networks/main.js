// script/bad-networks: calls whose customer is behind a bad link, and what both sides see. Ends with
// a failure when an aim is missed.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { clip, newPage, open } from '../lib/browser.js';
import { BadNetwork, near } from '../lib/network.js';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { watchPicture } from '../lib/picture-watch.js';
import { Server } from '../lib/server.js';
import { watchStills } from '../lib/stills-watch.js';
import * as stills from './stills.js';
import * as scenarios from './scenarios.js';

const all = {
  '5 % loss both ways, 100 ms round trip': scenarios.randomLoss,
  'as much in bursts of 3 packets': scenarios.burstLoss,
  '300 kbit/s down, a lively picture': scenarios.narrowDown,
  '300 kbit/s up, a lively picture': scenarios.narrowUp,
  '1 Mbit/s down, then 300 kbit/s, then 1 Mbit/s again, a lively picture': scenarios.steps,
  '80 kbit/s up': stills.noVideoUp,
  '100 kbit/s down': stills.noVideoDown,
  'UDP cut in mid-call': scenarios.udpCut,
  'UDP gone for 2.5 s': scenarios.shortCut,
  'another address in mid-call': scenarios.addressChange,
  'another address, of which nobody tells': scenarios.silentAddressChange,
  'another mapping by a NAT in mid-call': scenarios.anotherMapping,
  '10 s without any network': scenarios.outage,
  'asleep for 20 s': scenarios.asleep,
};
const { values } = parseArgs({
  options: {
    firefox: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

const figures = [];
const network = await BadNetwork.start(Number(values.seed));
const server = await Server.start({ address: near });
/** Pairs of browsers by what their cameras show, which is one thing for all calls of a browser. */
const pairs = {};
try {
  for (const [name, scenario] of Object.entries(all)) {
    if (values.only && !name.includes(values.only)) continue;
    console.error(`network: ${name}`);
    let call = {};
    try {
      call = await callUnderWay(await pairOf(name.includes('lively') ? 'lively' : 'hd'));
      const found = await scenario(call, network);
      figures.push(...found.map((figure) => ({ network: name, ...figure })));
    } catch (error) {
      console.error(error);
      figures.push({
        network: name,
        name: 'not measured',
        unit: '',
        value: NaN,
        aim: 0,
        met: false,
      });
    }
    await network.heal();
    await Promise.all(Object.values(call).map((page) => page.context().close()));
  }
} finally {
  const all = Object.values(pairs).flatMap((pair) => Object.values(pair));
  await Promise.all(all.map((browser) => browser.close()));
  await server.stop();
  await network.stop();
}
table();
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
if (figures.some(({ met }) => !met)) process.exitCode = 1;

async function pairOf(size) {
  const secureOrigin = server.url;
  pairs[size] ??= {
    stylists: await open({ camera: clip('stylist', size), secureOrigin }),
    customers: await open({
      camera: clip('customer', size),
      phone: true,
      firefox: values.firefox,
      network,
      secureOrigin,
    }),
  };
  return pairs[size];
}

/** A call of its own for each, so that none inherits what the one before left. */
async function callUnderWay({ stylists, customers }) {
  const who = await people.newStylist(server, 'Network Stylist');
  const { link, appointment } = await people.bookByApi(server, who);
  const call = {
    stylist: await newPage(stylists.browser),
    customer: await newPage(customers.browser, { phone: true, firefox: values.firefox }),
  };
  await call.customer.goto(link);
  await people.passDeviceCheck(call.customer);
  await people.consent(call.customer, true);
  await people.waits(call.customer);
  await people.signIn(call.stylist, server.url, who);
  await call.stylist.goto(`${server.url}/call/${appointment}`);
  await people.admitFirst(call.stylist);
  await Promise.all(Object.values(call).map((page) => mediaFlows(page)));
  // Firefox's camera looks away from its owner, who is shown it large until they want it otherwise.
  const swap = call.customer.getByRole('button', { name: 'Show the stylist large' });
  if (await swap.isVisible()) await swap.click();
  await Promise.all(Object.values(call).map(watchPicture));
  await Promise.all(Object.values(call).map(watchStills));
  return call;
}

function table() {
  console.log('| network | what | measured | aim |\n|---|---|---|---|');
  for (const { network: name, name: what, unit, value, aim, least, met } of figures) {
    const measured = `${shown(value)} ${unit}${met ? '' : ' (missed)'}`;
    console.log(`| ${name} | ${what} | ${measured} | ${least ? '≥' : '≤'} ${aim} ${unit} |`);
  }
}

function shown(value) {
  return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}

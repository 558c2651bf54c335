// A network that carries the sound and no video: still pictures come instead, and the video again by
// itself when the network does. `script/bad-networks` measures the same over worse links.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, newPage, open } from '../lib/browser.js';
import { NarrowNetwork } from '../lib/narrow.js';
import { mediaFlows, PATIENCE, received } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { difference, quartersOf } from '../lib/pixels.js';
import { Server } from '../lib/server.js';
import {
  stillGone,
  stillPicture,
  stillShown,
  stillsSince,
  watchStills,
} from '../lib/stills-watch.js';
import { steps } from '../lib/story.js';

let server;
let desk;
let stylists;
let customers;

before(async () => {
  server = await Server.start();
  desk = await people.session(server, server.staff('owner'));
  stylists = await open({ camera: clip('stylist') });
  customers = await open({ camera: clip('customer', 'hd') });
});

after(async () => {
  await Promise.all([stylists?.close(), customers?.close()]);
  await server?.stop();
});

/** A call under way, and the customer's network. */
async function callUnderWay(t) {
  const who = await people.newStylist(server, 'Stills Stylist');
  const stylist = await newPage(stylists.browser);
  const customer = await newPage(customers.browser, { phone: true });
  t.after(() => Promise.all([stylist, customer].map((page) => page.context().close())));
  const network = await NarrowNetwork.of(customer);
  const { link, appointment } = await people.bookByApi(server, who);
  await customer.goto(link);
  await people.passDeviceCheck(customer);
  await people.consent(customer, true);
  await people.signIn(stylist, server.url, who);
  await stylist.goto(`${server.url}/call/${appointment}`);
  await people.admitFirst(stylist);
  await Promise.all([stylist, customer].map((page) => mediaFlows(page)));
  return { stylist, customer, network, appointment };
}

/** What the page shows is of this camera, coarse as it may be, and is renewed. */
async function showsStillsOf(page, camera) {
  await stillShown(page);
  const { quarters } = await quartersOf(page, await stillPicture(page));
  const most = difference(quarters, camera.quarters);
  assert.ok(most <= 40, `differs by ${most}: ${JSON.stringify(quarters)}`);
  const from = Date.now();
  const renewed = async () => (await stillsSince(page, from)).filter(({ url }) => url).length >= 3;
  await people.eventually('three further stills', renewed, 30_000);
}

/** Somebody who speaks is heard at least as much as a quarter of what they are on a good network. */
async function isHeard(page) {
  const seconds = 4;
  const { energy: before } = await received(page);
  await page.waitForTimeout(seconds * 1000);
  const { energy } = await received(page);
  assert.ok(energy - before > 0.1 * seconds, `${energy - before} in ${seconds} s`);
}

async function showsVideoAgain(page) {
  await stillGone(page, PATIENCE);
  await mediaFlows(page, { more: 30 });
}

test('a customer whose network carries no video to the shop', async (t) => {
  const step = steps(t);
  const { stylist, customer, network, appointment } = await callUnderWay(t);

  await step('the stylist sees still pictures, and both read why', async () => {
    await watchStills(stylist);
    await network.narrow({ up: 80 });
    await showsStillsOf(stylist, clip('customer', 'hd'));
    await stylist.getByText('Weak network: still pictures instead of video').first().waitFor();
    await customer.getByText(/^Your network is weak: the others see still pictures/).waitFor();
  });
  await step('and goes on hearing the customer', () => isHeard(stylist));
  await step('a snapshot taken meanwhile arrives whole', async () => {
    const { picture } = await people.snapshotStored(stylist, desk, appointment, 60_000);
    const whole = await quartersOf(stylist, await desk.bytes(picture.urls.full));
    const { width, height, quarters } = clip('customer', 'hd');
    assert.deepEqual([whole.width, whole.height], [width, height]);
    assert.ok(difference(whole.quarters, quarters) <= 6);
  });
  await step('the video comes back by itself when the network does', async () => {
    await network.heal();
    await showsVideoAgain(stylist);
    await customer.getByText(/^Your network is weak/).waitFor({ state: 'detached' });
  });
  await step('no page complained', () => {
    for (const { errors } of [stylist, customer]) assert.deepEqual(errors, []);
  });
});

test('a customer whose network brings no video from the shop', async (t) => {
  const step = steps(t);
  const { stylist, customer, network } = await callUnderWay(t);

  await step('the customer sees still pictures, and the stylist reads that', async () => {
    await watchStills(customer);
    await network.narrow({ down: 60, queue: 10 });
    await showsStillsOf(customer, clip('stylist'));
    await customer.getByText('Weak network: still pictures instead of video').first().waitFor();
    await stylist.getByText('Story Customer sees still pictures of you: a weak network.').waitFor();
  });
  await step('and goes on hearing the stylist', () => isHeard(customer));
  await step('the video comes back by itself when the network does', async () => {
    await network.heal();
    await showsVideoAgain(customer);
    await stylist.getByText(/sees still pictures of you/).waitFor({ state: 'detached' });
  });
  await step('no page complained', () => {
    for (const { errors } of [stylist, customer]) assert.deepEqual(errors, []);
  });
});

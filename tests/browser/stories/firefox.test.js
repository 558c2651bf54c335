// Firefox has a media engine, devices and statistics of its own: the same calls with it on either side.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, open } from '../lib/browser.js';
import { addressForFirefox } from '../lib/firefox.js';
import { mediaFlows, path, PATIENCE } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { steps, told } from '../lib/story.js';

const mediaAddress = addressForFirefox();
const skip = mediaAddress ? false : 'this machine is in no network, and Firefox has no loopback';
let server;
let desk;

before(async () => {
  server = await Server.start({ mediaAddress });
  desk = await people.session(server, server.staff('front_desk'));
});

after(() => server?.stop());

/** A call with Firefox on one side, until they see and hear each other; it goes with the test. */
async function underWay(t, name, { of, withoutUdp }) {
  const who = await people.newStylist(server, `Stylist of ${name}`);
  const booked = await people.bookByApi(server, who, { customer: name });
  const customer = await people.arrive(booked.link, { firefox: of === 'customer', withoutUdp });
  t.after(() => customer.close());
  const stylist = await open({ firefox: of === 'stylist', camera: clip('stylist') });
  t.after(() => stylist.close());
  await people.signIn(stylist.page, server.url, who);
  await stylist.page.goto(`${server.url}/call/${booked.appointment}`);
  const seeEachOther = async () => {
    await Promise.all([customer, stylist].map(({ page }) => people.allowSound(page)));
    await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
  };
  await people.admit(stylist.page, name);
  await seeEachOther();
  return { ...booked, stylist, customer, seeEachOther };
}

const complaints = (...browsers) => browsers.flatMap(({ errors }) => errors);

test('a customer with Firefox', { skip }, async (t) => {
  const step = steps(t);
  const name = 'Fox Customer';
  let call;

  await step('is let in, and they see and hear each other', async () => {
    call = await underWay(t, name, { of: 'customer' });
  });

  await step('is photographed by the camera itself', async () => {
    const { picture } = await people.snapshotStored(call.stylist.page, desk, call.appointment);
    assert.deepEqual([picture.width, picture.height], [1920, 1080]);
  });

  await step('turns the camera off and on again', async () => {
    const { page } = call.customer;
    await page.getByRole('button', { name: 'Camera off' }).click();
    await call.stylist.page.getByText(`${name} has the camera off`).first().waitFor();
    await page.getByRole('button', { name: 'Camera on' }).click();
    await mediaFlows(call.stylist.page);
  });

  await step('reloads, and is back without being let in again', async () => {
    await call.customer.page.reload();
    await call.seeEachOther();
  });

  await step('is back after the server was killed', async () => {
    await server.kill();
    await server.restart();
    await call.seeEachOther();
  });

  await step('and no page complained on the way', () => {
    assert.deepEqual(complaints(call.customer, call.stylist), []);
  });
});

test(
  'a customer with Firefox and without UDP is in the call over TCP',
  { skip },
  told(async (t) => {
    const { customer } = await underWay(t, 'Fox Office', { of: 'customer', withoutUdp: true });
    assert.equal((await path(customer.page)).protocol, 'tcp');
  }),
);

test('a stylist with Firefox', { skip }, async (t) => {
  const step = steps(t);
  const name = 'Fox Admitted';
  let call;

  await step('lets the customer in, and they see and hear each other', async () => {
    call = await underWay(t, name, { of: 'stylist' });
  });

  await step('reads what arrives', async () => {
    const facts = call.stylist.page.getByText(/\d+ × \d+ · [1-9]\d* fps/);
    await facts.waitFor({ timeout: PATIENCE });
  });

  await step('takes a snapshot by the keyboard', async () => {
    await call.stylist.page.keyboard.press('Space');
    await call.stylist.page.getByText('Full picture saved').first().waitFor();
    const [{ picture }] = await people.snapshots(desk, call.appointment);
    const { width, height } = clip('customer');
    assert.deepEqual([picture.width, picture.height], [width, height]);
  });

  await step('reloads, and is back', async () => {
    await call.stylist.page.reload();
    await call.seeEachOther();
  });

  await step('ends the call for both', async () => {
    await people.endCall(call.stylist.page);
    await people.callEnded(call.customer.page);
    await people.callEnded(call.stylist.page);
  });

  await step('and no page complained on the way', () => {
    assert.deepEqual(complaints(call.customer, call.stylist), []);
  });
});

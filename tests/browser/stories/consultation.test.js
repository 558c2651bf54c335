// The main job, end to end: from a customer's link to a snapshot in the file, reviewed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, open } from '../lib/browser.js';
import { mediaFlows, soundPackets } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { difference, quartersOf } from '../lib/pixels.js';
import { Server } from '../lib/server.js';
import { steps } from '../lib/story.js';

let server;
let stylist;
let customer;
let deskBrowser;

before(async () => {
  server = await Server.start();
});

after(async () => {
  await Promise.all([stylist, customer, deskBrowser].map((browser) => browser?.close()));
  await server?.stop();
});

test('from a customer’s link to a reviewed snapshot', async (t) => {
  const step = steps(t);
  const who = await people.newStylist(server, 'Mei Story');
  const name = 'Chen Story';
  let link;
  let appointment;
  let snapshot;

  await step('the front desk books and copies the link', async () => {
    deskBrowser = await open();
    await people.signIn(deskBrowser.page, server.url, server.staff('front_desk'));
    const booked = await people.book(deskBrowser.page, server.url, {
      customer: name,
      stylist: who.name,
    });
    ({ link, appointment } = booked);
    assert.match(link, /\/j\//);
  });

  await step('the customer opens it, checks the devices, agrees and waits', async () => {
    customer = await people.arrive(link);
  });

  await step('the front desk sees at once who waits', async () => {
    await deskBrowser.page.getByRole('link', { name: 'Today' }).first().click();
    const lobby = deskBrowser.page.getByRole('region', { name: 'Waiting room' });
    await lobby.getByText(name, { exact: true }).first().waitFor();
  });

  await step('the stylist lets the customer in, and they see and hear each other', async () => {
    stylist = await open({ camera: clip('stylist') });
    await people.signIn(stylist.page, server.url, who);
    await stylist.page.getByRole('link', { name: `Let ${name} in` }).click();
    await people.admit(stylist.page, name);
    await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
    // Sound is sent with what went before it, and comes alone where nothing gets lost.
    const { sent } = await soundPackets(customer.page);
    const { received } = await soundPackets(stylist.page);
    assert.ok(sent > 1.5 * received, `${sent} bytes sent, ${received} received`);
  });

  await step('a snapshot is seen on both sides, and the full picture arrives', async () => {
    await people.takeSnapshot(stylist.page);
    await customer.page.getByText('A photo was taken').waitFor();
    await stylist.page.getByRole('figure', { name: /^Snapshot at/ }).waitFor();
    await stylist.page.getByText('Full picture saved').first().waitFor();
  });

  await step('its pixels are those of the customer’s camera, the right way round', async () => {
    const desk = await people.session(server, server.staff('front_desk'));
    const { items } = await desk.get(`/api/v1/snapshots?appointment_id=${appointment}`);
    assert.equal(items.length, 1);
    [snapshot] = items;
    assert.equal(snapshot.picture.source, 'camera');
    const expected = clip('customer');
    const seen = await quartersOf(deskBrowser.page, await desk.bytes(snapshot.picture.urls.full));
    assert.deepEqual([seen.width, seen.height], [expected.width, expected.height]);
    const most = difference(seen.quarters, expected.quarters);
    assert.ok(most <= 6, `differs by ${most}: ${JSON.stringify(seen.quarters)}`);
    for (const size of ['small', 'large']) {
      const thumbnail = await quartersOf(
        deskBrowser.page,
        await desk.bytes(snapshot.picture.urls[size]),
      );
      assert.ok(difference(thumbnail.quarters, expected.quarters) <= 16, size);
    }
  });

  await step('the stylist ends the call for both', async () => {
    await people.endCall(stylist.page);
    await people.callEnded(customer.page);
    await people.callEnded(stylist.page);
  });

  await step('staff find it on the review board and mark it reviewed', async () => {
    const { page } = deskBrowser;
    await page.getByRole('link', { name: 'Review', exact: true }).click();
    const visit = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
    await visit.getByRole('button', { name: new RegExp(`^Snapshot of ${name}`) }).waitFor();
    await visit.getByRole('button', { name: `Mark all as reviewed: ${name}` }).click();
    await visit.waitFor({ state: 'detached' });
    const desk = await people.session(server, server.staff('front_desk'));
    const { review } = await desk.get(`/api/v1/snapshots/${snapshot.id}`);
    assert.equal(review.state, 'reviewed');
    assert.ok(review.by.name && review.at);
  });

  await step('it stays in the customer’s file', async () => {
    const { page } = deskBrowser;
    await page.goto(`${server.url}/customers/${snapshot.customer_id}`);
    await page.getByRole('heading', { name }).waitFor();
    await page.getByRole('button', { name: new RegExp(`^Snapshot of ${name}`) }).click();
    await page.getByRole('dialog').waitFor();
  });

  await step('and no page complained on the way', () => {
    for (const { errors } of [stylist, customer, deskBrowser]) assert.deepEqual(errors, []);
  });
});

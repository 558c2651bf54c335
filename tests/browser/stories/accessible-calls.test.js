// The customer's page and the call can be read and hit by everybody: in both languages, light and
// dark, on phone and desktop.
import { after, before, test } from 'node:test';
import { clip, newPage, open } from '../lib/browser.js';
import { noticesInTheWay, readsOnFrom } from '../lib/accessibility.js';
import { assertGoodInEveryLook } from '../lib/looks.js';
import { NarrowNetwork } from '../lib/narrow.js';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { stillShown } from '../lib/stills-watch.js';
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

const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString();

for (const language of ['en', 'zh-CN']) {
  test(`what a link says is good in every look (${language})`, async (t) => {
    const step = steps(t);
    const who = await people.newStylist(server, 'Axe Link Stylist');
    const page = await newPage(customers.browser, { language });
    t.after(() => page.context().close());
    const looksGood = (screen) => assertGoodInEveryLook(page, screen);

    await step('a link that does not work', async () => {
      await page.goto(`${server.url}/j/nothing`);
      await page.getByRole('heading').waitFor();
      await looksGood('link that does not work');
    });
    await step('too early, moved, cancelled', async () => {
      const { link, appointment } = await people.bookByApi(server, who, { starts_at: hours(30) });
      await page.goto(link);
      await page.getByRole('timer').waitFor();
      await looksGood('link too early');
      await desk.patch(`/api/v1/appointments/${appointment}`, { starts_at: hours(3) });
      await page.getByText(/was moved|改到/).waitFor();
      await looksGood('link moved');
      await desk.patch(`/api/v1/appointments/${appointment}`, { state: 'cancelled' });
      await page.getByRole('timer').waitFor({ state: 'detached' });
      await looksGood('link cancelled');
    });
    await step('no camera allowed', async () => {
      const { link } = await people.bookByApi(server, who);
      const denied = await newPage(customers.browser, { language, allowed: ['microphone'] });
      await denied.goto(link);
      await people.deviceCheckReady(denied);
      await assertGoodInEveryLook(denied, 'camera denied');
      await denied.context().close();
    });
  });

  test(`the way into a call, and the call, are good in every look (${language})`, async (t) => {
    const step = steps(t);
    const who = await people.newStylist(server, 'Axe Call Stylist');
    const host = await newPage(stylists.browser, { language });
    const guest = await newPage(customers.browser, { language });
    t.after(() => Promise.all([host, guest].map((page) => page.context().close())));
    const networks = await Promise.all([host, guest].map((page) => NarrowNetwork.of(page)));
    const { link, appointment } = await people.bookByApi(server, who);

    await step('device check', async () => {
      await guest.goto(link);
      await people.deviceCheckReady(guest);
      await assertGoodInEveryLook(guest, 'device check');
    });
    await step('consent', async () => {
      await people.passDeviceCheck(guest);
      await people.consentAsked(guest);
      await assertGoodInEveryLook(guest, 'consent');
    });
    await step('waiting room', async () => {
      await people.consent(guest, true);
      await people.waits(guest);
      await readsOnFrom(guest, /You are next|下一位就是您/);
      await assertGoodInEveryLook(guest, 'waiting room');
    });
    await step('the stylist alone, with somebody waiting', async () => {
      await people.signIn(host, server.url, who);
      await host.goto(`${server.url}/call/${appointment}`);
      await people.customerKnocks(host);
      await assertGoodInEveryLook(host, 'call with a waiting customer');
    });
    await step('the call, with a snapshot', async () => {
      await people.admitFirst(host);
      await readsOnFrom(guest, /Axe Call Stylist/);
      await Promise.all([mediaFlows(host), mediaFlows(guest)]);
      await people.snapshotStored(host, desk, appointment);
      await assertGoodInEveryLook(host, 'call of the stylist');
      await assertGoodInEveryLook(guest, 'call of the customer');
    });
    await step('a photo that does not arrive, and still pictures for video', async () => {
      await guest.route(people.uploads, (route) => route.abort());
      await people.takeSnapshot(host);
      await guest.getByText(/1 photo still arriving|还有 1 张照片正在传送/).waitFor();
      await Promise.all(networks.map((network) => network.narrow({ up: 80 })));
      await Promise.all([host, guest].map(stillShown));
      await assertGoodInEveryLook(host, 'still pictures, stylist');
      await assertGoodInEveryLook(guest, 'still pictures, customer', noticesInTheWay);
      await guest.getByRole('button', { name: /^(Show my picture large|放大我的画面)$/ }).click();
      await assertGoodInEveryLook(guest, 'still pictures, small', noticesInTheWay);
      await guest.unroute(people.uploads);
      await Promise.all(networks.map((network) => network.heal()));
    });
    await step('no more snapshots', async () => {
      await guest.getByRole('button', { name: /^(Snapshots allowed|已允许拍照)$/ }).click();
      await guest.getByRole('dialog').waitFor();
      await assertGoodInEveryLook(guest, 'snapshots in this call');
      await guest.getByRole('button', { name: /^(No more snapshots|不再允许拍照)$/ }).click();
      await host
        .getByText(/No snapshots|未允许拍照/)
        .first()
        .waitFor();
      await assertGoodInEveryLook(host, 'call without consent');
    });
    await step('the connection is interrupted', async () => {
      await guest.goto('about:blank');
      await host
        .getByText(/reconnecting|重新连接/)
        .first()
        .waitFor();
      await assertGoodInEveryLook(host, 'other reconnecting');
      await guest.goto(link);
      await mediaFlows(guest, { heard: false });
    });
    await step('after the call', async () => {
      await people.endCall(host);
      await people.callEnded(host);
      await assertGoodInEveryLook(host, 'after the call, stylist');
      await people.callEnded(guest);
      await readsOnFrom(guest, /The call has ended|通话已结束/);
      await assertGoodInEveryLook(guest, 'after the call, customer');
    });
  });
}

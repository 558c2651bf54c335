// A call of three can be read and hit by everybody, and nothing lies over anything: in both languages,
// light and dark, on phone and desktop, with something to say and with still pictures for video.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, newPage, open } from '../lib/browser.js';
import { noticesInTheWay } from '../lib/accessibility.js';
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
  stylists = await open({ camera: clip('stylist', 'calm') });
  customers = await open({ camera: clip('customer', 'calm') });
});

after(async () => {
  await Promise.all([stylists?.close(), customers?.close()]);
  await server?.stop();
});

const everybody = /^(Show everybody|显示所有人)$/;
const oneLarge = /^(Show one large|放大一人)$/;
const press = (page, name) => page.getByRole('button', { name }).click();

for (const language of ['en', 'zh-CN']) {
  test(`a call of three is good in every look (${language})`, async (t) => {
    const step = steps(t);
    const who = await people.newStylist(server, 'Axe Group Stylist');
    const host = await newPage(stylists.browser, { language });
    const guest = await newPage(stylists.browser, { language, phone: true });
    const customer = await newPage(customers.browser, { language, phone: true });
    const everyone = [host, guest, customer];
    t.after(() => Promise.all(everyone.map((page) => page.context().close())));
    const networks = await Promise.all([host, customer].map((page) => NarrowNetwork.of(page)));
    const { link, appointment } = await people.bookByApi(server, who);
    const guestLinks = `/api/v1/appointments/${appointment}/guest-links`;
    const looksGood = async (state, pages = { host, guest, customer }) => {
      for (const [name, page] of Object.entries(pages)) {
        await assertGoodInEveryLook(page, `group, ${state}, ${name}`, noticesInTheWay);
      }
    };

    await step('all three are in the call', async () => {
      await people.signIn(host, server.url, who);
      await host.goto(`${server.url}/call/${appointment}`);
      await customer.goto(link);
      await people.passDeviceCheck(customer);
      await people.consent(customer, true);
      const { url } = await desk.post(guestLinks, { name: 'Dr. Wang' });
      await guest.goto(url);
      await people.passDeviceCheck(guest);
      await people.admitFirst(host);
      await people.admitFirst(host);
      await Promise.all(everyone.map((page) => mediaFlows(page)));
    });
    await step('one large, the others below', () => looksGood('one large'));
    await step('everybody', async () => {
      for (const page of everyone) await press(page, everybody);
      await looksGood('everybody');
    });
    await step('somebody else waits', async () => {
      const late = await newPage(stylists.browser, { language });
      const { url } = await desk.post(guestLinks, { name: 'Late Guest' });
      await late.goto(url);
      await people.passDeviceCheck(late);
      await host.getByText(/^Late Guest (is waiting|正在等候)$/).waitFor();
      await looksGood('somebody waits', { host });
      await late.context().close();
    });
    await step('a photo that does not arrive, and still pictures for video', async () => {
      await customer.route(people.uploads, (route) => route.abort());
      await people.takeSnapshot(host);
      await customer.getByText(/1 photo still arriving|还有 1 张照片正在传送/).waitFor();
      await Promise.all(networks.map((network) => network.narrow({ up: 80 })));
      await Promise.all(everyone.map(stillShown));
      await customer
        .getByText(/the others see still pictures of you|对方看到的是您的静态照片/)
        .waitFor();
      await looksGood('everybody, still pictures');
    });
    await step('the same with one large', async () => {
      for (const page of everyone) await press(page, oneLarge);
      await Promise.all([host, customer].map(stillShown));
      await looksGood('one large, still pictures');
    });
    await step('no page complained', () => {
      for (const { errors } of everyone) assert.deepEqual(errors, []);
    });
  });
}

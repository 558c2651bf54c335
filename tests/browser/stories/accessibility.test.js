// axe finds nothing serious on any screen, in both languages, light and dark, phone and desktop.
import { after, before, test } from 'node:test';
import { assertAccessible } from '../lib/accessibility.js';
import { clip, open } from '../lib/browser.js';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { steps } from '../lib/story.js';

let server;
let desk;
const screens = {};

before(async () => {
  server = await Server.start({ demo: true });
  desk = await people.session(server, server.staff('owner'));
  const reviews = await desk.get('/api/v1/reviews?state=new');
  screens.customer = reviews.items[0].appointment.customer.id;
  screens.appointment = reviews.items[0].appointment.id;
});

after(() => server?.stop());

const manners = [
  { language: 'en', phone: false, dark: false },
  { language: 'zh-CN', phone: true, dark: true },
];

for (const manner of manners) {
  const words = `${manner.language}, ${manner.phone ? 'phone' : 'desktop'}, ${manner.dark ? 'dark' : 'light'}`;

  test(`the staff’s screens (${words})`, async (t) => {
    const step = steps(t);
    const { page, close } = await open(manner);
    t.after(close);
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('button', { name: /^(Sign in|登录)$/ }).waitFor();
    await assertAccessible(page, 'sign-in');
    await people.signIn(page, server.url, server.staff('owner'));
    const paths = {
      today: '/today',
      'new appointment': '/appointments/new',
      appointment: `/appointments/${screens.appointment}`,
      customers: '/customers',
      'customer’s file': `/customers/${screens.customer}`,
      'review board': '/reviews',
      'the shop': '/shop',
      staff: '/shop/staff',
      services: '/shop/services',
      'no such page': '/nowhere',
    };
    for (const [screen, path] of Object.entries(paths)) {
      await step(screen, async () => {
        await page.goto(server.url + path);
        await people.settled(page);
        await assertAccessible(page, screen);
      });
    }
    await step('snapshot viewer', async () => {
      await page.goto(`${server.url}/reviews`);
      await page.locator('[data-snapshot]').first().click();
      await page.getByRole('dialog').waitFor();
      await people.settled(page);
      await assertAccessible(page, 'snapshot viewer');
    });
  });

  test(`the customer’s page and the call (${words})`, async (t) => {
    const step = steps(t);
    const who = await people.newStylist(server, 'Axe Stylist');
    const stylist = await open({ camera: clip('stylist'), ...manner, phone: false });
    t.after(stylist.close);
    const customer = await open({ camera: clip('customer', 'hd'), ...manner });
    t.after(customer.close);
    const { page } = customer;
    const { link, appointment } = await people.bookByApi(server, who);

    await step('a link that does not work', async () => {
      await page.goto(`${server.url}/j/nothing`);
      await people.settled(page);
      await assertAccessible(page, 'invalid link');
    });
    await step('device check', async () => {
      await page.goto(link);
      await people.deviceCheckReady(page);
      await assertAccessible(page, 'device check');
    });
    await step('consent', async () => {
      await people.passDeviceCheck(page);
      await people.consentAsked(page);
      await assertAccessible(page, 'consent');
    });
    await step('waiting room', async () => {
      await people.consent(page, true);
      await people.waits(page);
      await assertAccessible(page, 'waiting room');
    });
    await step('call, before and after the customer was let in', async () => {
      await people.signIn(stylist.page, server.url, who);
      await stylist.page.goto(`${server.url}/call/${appointment}`);
      await people.customerKnocks(stylist.page);
      await assertAccessible(stylist.page, 'call with a waiting customer');
      await people.admitFirst(stylist.page);
      await Promise.all([mediaFlows(stylist.page), mediaFlows(page)]);
      await people.snapshotStored(stylist.page, desk, appointment);
      await assertAccessible(stylist.page, 'the stylist’s call');
      await assertAccessible(page, 'the customer’s call');
    });
    await step('after the call', async () => {
      await people.endCall(stylist.page);
      await people.callEnded(page);
      await assertAccessible(page, 'the customer after the call');
      await people.callEnded(stylist.page);
      await assertAccessible(stylist.page, 'the stylist after the call');
    });
  });
}

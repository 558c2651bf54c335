// The staff's screens can be read and hit by everybody: in both languages, light and dark, on phone
// and desktop.
import { after, before, test } from 'node:test';
import { newPage, open } from '../lib/browser.js';
import { assertGoodInEveryLook } from '../lib/looks.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

let server;
let browser;
const ids = {};

before(async () => {
  server = await Server.start({ demo: true });
  ({ browser } = await open());
  const desk = await people.session(server, server.staff('owner'));
  const reviews = await desk.get('/api/v1/reviews?state=new');
  const { id, customer } = reviews.items[0].appointment;
  Object.assign(ids, { seen: id, customer: customer.id });
  const { items: customers } = await desk.get('/api/v1/customers');
  ids.petOwner = customers.find(({ pets }) => pets.length > 0).id;
  const tomorrow = new Date(Date.now() + 24 * 3_600_000).toISOString();
  const stylist = await people.newStylist(server, 'Axe Stylist');
  ids.ahead = (await people.bookByApi(server, stylist, { starts_at: tomorrow })).appointment;
  const host = await newPage(browser);
  await people.signIn(host, server.url, server.staff('owner'));
  const over = await people.bookByApi(server, stylist, {});
  await people.callThatFroze(host, over);
  await host.context().close();
  ids.over = over.appointment;
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What is pressed on the way, in words of the language. */
const words = {
  en: {
    signIn: 'Sign in',
    account: /Account$/,
    more: /^More about/,
    reschedule: 'Reschedule',
    cancel: 'Cancel appointment',
    book: 'Book appointment',
    find: 'Find a customer',
    newCustomer: /new customer/,
    nextDay: 'Day after',
    addPet: 'Add pet',
    edit: 'Change details',
    reviewed: 'Reviewed',
    connections: 'Connections in the call',
    numbers: 'In numbers',
  },
  'zh-CN': {
    signIn: '登录',
    account: /账户$/,
    more: /更多操作$/,
    reschedule: '改期',
    cancel: '取消预约',
    book: '确定预约',
    find: '查找顾客',
    newCustomer: /添加新顾客/,
    nextDay: '后一天',
    addPet: '添加宠物',
    edit: '修改资料',
    reviewed: '已查看',
    connections: '通话网络质量',
    numbers: '具体数值',
  },
};

for (const [language, say] of Object.entries(words)) {
  test(`the staff’s screens are good in every look (${language})`, async (t) => {
    const page = await newPage(browser, { language });
    t.after(() => page.context().close());
    const button = (name) => page.getByRole('button', { name }).first();

    /** Goes there, does what it takes, and looks. */
    const screen = (name, path, prepare = () => {}) =>
      t.test(
        name,
        told(async () => {
          await page.goto(server.url + path);
          await people.settled(page);
          await prepare();
          await people.settled(page);
          await assertGoodInEveryLook(page, name);
        }),
      );
    const dialog = () => page.getByRole('dialog').waitFor();

    await screen('sign-in', '/sign-in', () => button(say.signIn).waitFor());
    await screen('sign-in refused', '/sign-in', async () => {
      await page.getByRole('textbox').first().fill('nobody@example.com');
      await page.locator('input[type=password]').fill('wrong password');
      await button(say.signIn).click();
      await page.getByRole('alert').first().waitFor();
    });
    await people.signIn(page, server.url, server.staff('owner'));
    await screen('today', '/today');
    await screen('another day', '/today', () => button(say.nextDay).click());
    await screen('account', '/today', async () => {
      await button(say.account).click();
      await dialog();
    });
    await screen('actions of an appointment', '/today', async () => {
      await button(say.more).click();
      await dialog();
    });
    await screen('new appointment', '/appointments/new');
    await screen('new appointment, nothing filled in', '/appointments/new', () =>
      button(say.book).click(),
    );
    await screen('new appointment, new customer', '/appointments/new', async () => {
      await page.getByRole('combobox', { name: say.find }).fill('Somebody New');
      await page.getByRole('option', { name: say.newCustomer }).click();
    });
    await screen('appointment with snapshots', `/appointments/${ids.seen}`);
    await screen('appointment with a call', `/appointments/${ids.over}`, async () => {
      await page.getByRole('heading', { name: say.connections }).waitFor();
      await page.getByText(say.numbers, { exact: true }).click();
    });
    await screen('appointment ahead', `/appointments/${ids.ahead}`);
    for (const [name, press] of [
      ['reschedule', say.reschedule],
      ['cancel', say.cancel],
    ]) {
      await screen(name, `/appointments/${ids.ahead}`, async () => {
        await button(press).click();
        await dialog();
      });
    }
    await screen('customers', '/customers');
    await screen('customers, nobody found', '/customers', async () => {
      await page.getByRole('searchbox').fill('zzz nobody zzz');
      await page.getByText(/zzz nobody zzz/).waitFor();
    });
    await screen('customer’s file', `/customers/${ids.customer}`);
    await screen('change a customer', `/customers/${ids.customer}`, () => button(say.edit).click());
    await screen('pets', `/customers/${ids.petOwner}`);
    await screen('new pet', `/customers/${ids.petOwner}`, () => button(say.addPet).click());
    await screen('review board', '/reviews');
    await screen('review board, reviewed', '/reviews', () =>
      page.getByText(say.reviewed, { exact: true }).first().click(),
    );
    await screen('snapshot viewer', '/reviews', async () => {
      await page.locator('[data-snapshot]').first().click();
      await dialog();
    });
    await screen('the shop', '/shop');
    await screen('staff', '/shop/staff');
    await screen('services', '/shop/services');
    await screen('no such page', '/nowhere');
    await screen('a call that cannot be opened', `/call/${ids.ahead}`);
  });
}

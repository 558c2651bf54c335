// A call of four: two guests come by links of their own; the stylist holds the reins.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, open } from '../lib/browser.js';
import { PATIENCE } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { steps } from '../lib/story.js';

let server;
const browsers = [];

before(async () => {
  server = await Server.start();
});

after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server?.stop();
});

/** A camera that four browsers on one machine can hold. */
const small = () => clip('stylist', 'calm');

/** The names of the pictures of others that move now. */
async function moving(page) {
  const counts = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('video')]
        .filter((video) => video.checkVisibility() && video.videoWidth > 2)
        .map((video) => [video.ariaLabel, video.getVideoPlaybackQuality().totalVideoFrames]),
    );
  const before = new Map(await counts());
  await new Promise((resolve) => setTimeout(resolve, 700));
  return (await counts())
    .filter(([name, frames]) => name !== 'You' && frames > (before.get(name) ?? frames))
    .map(([name]) => name)
    .sort();
}

async function sees(page, ...names) {
  const wanted = JSON.stringify([...names].sort());
  let seen;
  await people
    .eventually(
      'all pictures move',
      async () => JSON.stringify((seen = await moving(page))) === wanted,
      PATIENCE,
    )
    .catch(async (error) => {
      const says = await page.locator('main').innerText();
      const facts = { wanted, seen: JSON.stringify(seen), says: says.replaceAll(/\n+/g, ' | ') };
      throw new Error(`${error.message}; ${JSON.stringify(facts)}`);
    });
}

async function come(link, options) {
  const browser = await open({ camera: small(), ...options });
  browsers.push(browser);
  await browser.page.goto(link);
  await people.passDeviceCheck(browser.page);
  return browser;
}

test('four people in one call', async (t) => {
  const step = steps(t);
  const who = await people.newStylist(server, 'Mei Group');
  const customerName = 'Story Customer';
  const guests = ['Dr. Wang', 'Lin Interpreter'];
  const booked = await people.bookByApi(server, who);
  let stylist;
  let customer;
  let wang;
  let lin;

  await step('the stylist invites two guests and copies their links', async () => {
    stylist = await open({ camera: small() });
    browsers.push(stylist);
    await people.signIn(stylist.page, server.url, who);
    await stylist.page.goto(`${server.url}/call/${booked.appointment}`);
    booked.guests = [];
    for (const name of guests) {
      await stylist.page.getByLabel('Who else should be in the call?').fill(name);
      await stylist.page.getByRole('button', { name: 'Invite' }).click();
      await stylist.page.getByRole('button', { name: `Copy the link for ${name}` }).waitFor();
      booked.guests.push(await stylist.page.evaluate(() => navigator.clipboard.readText()));
    }
    assert.equal(new Set([booked.link, ...booked.guests]).size, 3);
  });

  await step('all are let in, and each sees the three others', async () => {
    customer = await people.arrive(booked.link, { camera: small() });
    browsers.push(customer);
    wang = await come(booked.guests[0]);
    lin = await come(booked.guests[1]);
    for (const name of [customerName, ...guests]) await people.admit(stylist.page, name);
    await sees(stylist.page, customerName, ...guests);
    await sees(customer.page, who.name, ...guests);
    await sees(wang.page, who.name, customerName, guests[1]);
    await sees(lin.page, who.name, customerName, guests[0]);
  });

  await step('a grid shows everybody, and a pin keeps one large', async () => {
    const { page } = wang;
    await page.getByRole('button', { name: 'Show everybody' }).click();
    await sees(page, who.name, customerName, guests[1]);
    await page.getByRole('button', { name: `Keep ${who.name} large` }).click();
    await page.getByRole('button', { name: `No longer keep ${who.name} large` }).waitFor();
    await sees(page, who.name, customerName, guests[1]);
  });

  await step('the stylist puts the customer in focus, and reads what arrives', async () => {
    const { page } = stylist;
    await page.getByText('Actions', { exact: true }).first().click();
    await page
      .getByRole('button', { name: `Put in focus: ${customerName}` })
      .first()
      .click();
    await page.getByText(/^Received picture:/).waitFor({ timeout: PATIENCE });
    const facts = page.getByText(/\d+ × \d+ · \d+ fps/);
    // There are none of still pictures.
    const seen = new Set();
    await people
      .eventually(
        'the whole camera is sent',
        async () => {
          const now = await facts.textContent({ timeout: 1000 }).catch(() => 'none');
          seen.add(now);
          return now.includes('640 × 360');
        },
        PATIENCE,
      )
      .catch((error) => {
        throw new Error(`${error.message}; seen: ${[...seen].join(', ')}`);
      });
  });

  await step('somebody muted is told how to be heard again', async () => {
    const { page } = stylist;
    await page.getByRole('button', { name: `What to do with ${guests[1]}` }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Mute: ${guests[1]}` })
      .click();
    await lin.page.getByText(/has muted your microphone\. Press “Unmute”/).waitFor();
    await lin.page.getByRole('button', { name: 'Unmute' }).click();
    await lin.page.getByText(/has muted your microphone/).waitFor({ state: 'detached' });
  });

  await step('a locked call lets nobody new in, and says so', async () => {
    const { page } = stylist;
    await page.getByRole('button', { name: 'Lock the call' }).click();
    await page.getByRole('button', { name: 'Unlock the call' }).waitFor();
    const desk = await people.session(server, server.staff('front_desk'));
    const late = await desk.post(`/api/v1/appointments/${booked.appointment}/guest-links`, {
      name: 'Late Guest',
    });
    const stranger = await come(late.url);
    await stranger.page.getByRole('heading', { name: 'The call is locked' }).waitFor();
    await stranger.close();
    browsers.splice(browsers.indexOf(stranger), 1);
  });

  await step('one of them leaves, and the others go on', async () => {
    await lin.page.getByRole('button', { name: 'Hang up' }).click();
    await sees(stylist.page, customerName, guests[0]);
    await sees(wang.page, who.name, customerName);
  });

  await step('nothing went wrong in any page', () => {
    for (const { page } of browsers) assert.deepEqual(page.errors, []);
  });
});

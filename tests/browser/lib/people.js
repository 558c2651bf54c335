// What the people of the stories do, by what they see: roles and names, never selectors of ours.
import { clip, open } from './browser.js';
import { mediaFlows, received } from './observe.js';

const zone = 'Asia/Shanghai';

/** How long a request of the API may take, in milliseconds. */
const ANSWERED_WITHIN = 30_000;

/** The name in either language, whole. */
const either = (...names) => new RegExp(`^(${names.join('|')})$`);

/** Signs in at the staff's pages. */
export async function signIn(page, url, { email, password }) {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel(either('E-mail', '邮箱')).fill(email);
  await page.getByLabel(either('Password', '密码')).fill(password);
  await page.getByRole('button', { name: either('Sign in', '登录') }).click();
  await page.getByRole('heading', { name: either('Today', '今日') }).waitFor();
}

/** A stylist with nothing booked, so that no demo appointment is in a story's way. */
export async function newStylist(server, name) {
  const owner = await session(server, server.staff('owner'));
  const stylist = {
    name,
    email: `${crypto.randomUUID()}@example.com`,
    password: 'look closely 2026',
  };
  await offerConsultations(owner);
  const { id } = await owner.post('/api/v1/staff', { ...stylist, role: 'stylist', language: 'en' });
  return { ...stylist, id };
}

async function offerConsultations(owner) {
  const { items } = await owner.get('/api/v1/services');
  if (items.some(({ kind }) => kind === 'video')) return;
  const name = { zh: '视频咨询', en: 'Video consultation' };
  await owner.post('/api/v1/services', { name, length_minutes: 30, kind: 'video' });
}

/** Books a video consultation of a new customer that starts in a few minutes; returns what was booked. */
export async function book(page, url, { customer, stylist }) {
  await page.goto(`${url}/appointments/new`);
  await page.getByRole('combobox', { name: 'Find a customer' }).fill(customer);
  await page.getByRole('option', { name: /as a new customer/ }).click();
  await page.getByLabel('Phone').fill(newPhone());
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByLabel('Service', { exact: true }).selectOption({ index: 1 });
  await page.getByLabel('Stylist', { exact: true }).selectOption({ label: stylist });
  const { day, time } = wallClock(Date.now() + 180_000);
  await page.getByLabel('Date', { exact: true }).fill(day);
  await page.getByLabel('Time', { exact: true }).fill(time);
  await page.getByRole('button', { name: 'Book appointment' }).click();
  await page.getByRole('heading', { name: 'Booked' }).waitFor();
  await page.getByRole('button', { name: /^Copy link/ }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const details = await page.getByRole('link', { name: 'Open appointment' }).getAttribute('href');
  return { link, appointment: details.split('/').pop() };
}

/** The same in one call, for stories that tell of something else. */
export async function bookByApi(server, stylist, { customer: called, ...wishes } = {}) {
  const owner = await session(server, server.staff('owner'));
  const name = { name: called ?? 'Story Customer', phone: newPhone(), language: 'en', notes: '' };
  const customer = await owner.post('/api/v1/customers', name);
  const services = await owner.get('/api/v1/services');
  const booked = await owner.post('/api/v1/appointments', {
    kind: 'video',
    service_id: services.items.find(({ kind }) => kind === 'video').id,
    stylist_id: stylist.id,
    customer_id: customer.id,
    starts_at: new Date(Date.now() + 60_000).toISOString(),
    ...wishes,
  });
  return { link: booked.customer_link, appointment: booked.id, customer: customer.id };
}

// --- The customer

/** A browser of the customer's, as far as the waiting room. */
export async function arrive(link, options = {}) {
  const browser = await open({ camera: clip('customer'), phone: true, ...options });
  await browser.page.goto(link);
  await passDeviceCheck(browser.page);
  await consent(browser.page, options.consents ?? true);
  await waits(browser.page);
  return browser;
}

/** The device check, with the devices tried. */
export async function deviceCheckReady(page) {
  const title = either('Camera and microphone', '摄像头和麦克风');
  await page.getByRole('heading', { name: title }).waitFor();
  const allow = page.getByRole('button', {
    name: either('Turn on camera and microphone', '打开摄像头和麦克风'),
  });
  const goOn = page.getByRole('button', { name: /^(Continue|继续|只用|不用)/ });
  await goOn.or(allow).first().waitFor();
  if (await allow.isVisible()) await allow.click();
  await goOn.waitFor();
}

export async function passDeviceCheck(page, button = either('Continue', '继续')) {
  await deviceCheckReady(page);
  await page.getByRole('button', { name: button }).click();
}

const yes = either('Yes, snapshots are fine', '允许拍照');
const no = either('No snapshots', '不允许拍照');

export async function consentAsked(page) {
  await page.getByRole('button', { name: yes }).waitFor();
}

export async function consent(page, granted) {
  await page.getByRole('button', { name: granted ? yes : no }).click();
}

/** An answer that was given before is not asked for again. */
export async function consentIfAsked(page) {
  const asked = page.getByRole('button', { name: yes });
  const next = page.getByRole('heading', { name: nextInLine });
  await asked.or(next).first().waitFor();
  if (await asked.isVisible()) await asked.click();
}

const nextInLine = either('You are next', '下一位就是您');

export async function waits(page) {
  await page.getByRole('heading', { name: nextInLine }).waitFor();
}

export async function callEnded(page) {
  await page.getByRole('heading', { name: either('The call has ended', '通话已结束') }).waitFor();
}

// --- The stylist, on the call's page

const admits = /^(Admit .+|请进：.+)$/;

export async function customerKnocks(page) {
  await page.getByRole('button', { name: admits }).first().waitFor();
}

export async function admitFirst(page) {
  await page.getByRole('button', { name: admits }).first().click();
}

export async function endCall(page) {
  const end = either('End call', '结束通话');
  await page.getByRole('button', { name: end }).click();
  await page.getByRole('dialog').getByRole('button', { name: end }).click();
}

/** The stylist, on the call's page, lets somebody in. */
export async function admit(page, name) {
  await page
    .getByRole('button', { name: `Admit ${name}` })
    .first()
    .click();
}

export async function takeSnapshot(page) {
  await page.getByRole('button', { name: either('Take snapshot', '拍照') }).click();
}

/** Requests that bring a picture to the server. */
export const uploads = /\/api\/v1\/(captures\/[^/]+\/)?uploads/;

/** All snapshots of an appointment, as the desk sees them. */
export async function snapshots(desk, appointment) {
  return (await desk.get(`/api/v1/snapshots?appointment_id=${appointment}`)).items;
}

/** Takes one and returns it once the camera's own picture is in the file. */
export async function snapshotStored(page, desk, appointment, within) {
  const known = (await snapshots(desk, appointment)).map(({ id }) => id);
  await takeSnapshot(page);
  return eventually(
    'the full picture is in the file',
    async () =>
      (await snapshots(desk, appointment)).find(
        ({ id, picture }) => !known.includes(id) && picture?.source === 'camera',
      ),
    within,
  );
}

/** A call under way: a stylist and a customer who see and hear each other. */
export async function callUnderWay(server, name, cameras = {}) {
  const who = await newStylist(server, cameras.stylistName ?? `Stylist of ${name}`);
  const stylist = await open({ camera: cameras.stylistCamera ?? clip('stylist') });
  await signIn(stylist.page, server.url, who);
  const booked = await book(stylist.page, server.url, { customer: name, stylist: who.name });
  const customer = await arrive(booked.link, {
    camera: cameras.camera ?? clip('customer'),
    ...cameras.customer,
  });
  await stylist.page.goto(`${server.url}/call/${booked.appointment}`);
  await admit(stylist.page, name);
  await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
  return { who, stylist, customer, ...booked };
}

/**
 * A call that is over: without pictures, by the sockets alone, and with a customer whose picture
 * froze. The page is one of somebody who may host it.
 */
export async function callThatFroze(page, { link, appointment }) {
  await page.evaluate(
    async ({ link, appointment }) => {
      const join = async (door) => {
        const socket = new WebSocket('/api/v1/call');
        const heard = [];
        socket.onmessage = ({ data }) => heard.push(JSON.parse(data));
        await new Promise((resolve) => (socket.onopen = resolve));
        const say = (message) => socket.send(JSON.stringify(message));
        const hear = async (type) => {
          while (!heard.some((message) => message.type === type)) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          return heard.find((message) => message.type === type);
        };
        say({ type: 'join', version: 1, audio: true, video: true, ...door });
        return { say, hear, you: (await hear('joined')).you.id };
      };
      const host = await join({ appointment });
      const customer = await join({ link });
      host.say({ type: 'admit', participant: customer.you });
      await customer.hear('placed');
      host.say({ type: 'report', round_trip_ms: 40, loss_percent: 0 });
      customer.say({ type: 'report', round_trip_ms: 310, loss_percent: 12, freezes: 2 });
      await host.hear('quality');
      host.say({ type: 'end' });
      await customer.hear('ended');
    },
    { appointment, link: link.split('/').pop() },
  );
}

/** The HTTP API in somebody's name, for what a story needs but does not tell. */
export async function session(server, { email, password }) {
  const signedIn = await fetch(`${server.url}/api/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
    signal: AbortSignal.timeout(ANSWERED_WITHIN),
  });
  if (!signedIn.ok) throw new Error(`signing in: ${await signedIn.text()}`);
  const cookie = signedIn.headers.getSetCookie()[0].split(';')[0];
  const send = async (method, path, body) => {
    const headers = { cookie, ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(new URL(path, server.url), {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERED_WITHIN),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  };
  return {
    get: async (path) => (await send('GET', path)).json(),
    bytes: async (path) => Buffer.from(await (await send('GET', path)).arrayBuffer()),
    post: async (path, body) => (await send('POST', path, body)).json(),
    patch: async (path, body) => (await send('PATCH', path, body)).json(),
  };
}

/** Day and time in the shop, rounded up to a whole minute. */
function wallClock(instant) {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(instant);
  const [day, time] = parts.split(' ');
  return { day, time };
}

let phones = 0;
function newPhone() {
  phones += 1;
  return `+86 138 ${String(Date.now() % 10_000).padStart(4, '0')} ${String(phones).padStart(4, '0')}`;
}

/** A screen whose data has come: nothing is a placeholder any more, and the pictures in sight are there. */
export async function settled(page) {
  await page.getByRole('heading').first().waitFor();
  const placeholder = page.getByRole('status').filter({ hasText: either('Loading', '加载中') });
  await placeholder.first().waitFor({ state: 'detached' });
  await page.waitForFunction(() =>
    [...document.images]
      .filter((image) => image.checkVisibility() && image.getBoundingClientRect().top < innerHeight)
      .every((image) => image.complete && image.naturalWidth > 0),
  );
}

/**
 * A page that was opened anew without a touch may not make a sound: it asks for the touch, and
 * here it gets it. Returns once the page is heard.
 */
export async function allowSound(page) {
  const ask = page.getByRole('button', {
    name: either('Tap here to hear the call', 'Press here to hear the call', '点这里打开声音'),
  });
  await eventually('the call is heard', async () => {
    // It goes by itself where the browser changes its mind.
    if (await ask.isVisible()) await ask.click({ timeout: 1000 }).catch(() => {});
    return (await received(page)).energy > 0;
  });
}

/** Tries again until it holds, for what nobody announces. */
export async function eventually(what, holds, within = 15_000) {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

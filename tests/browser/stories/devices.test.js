// A camera denied or missing: words, and a way on with sound only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clip, open } from '../lib/browser.js';
import { mediaFlows, received } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

let server;

before(async () => {
  server = await Server.start();
});

after(() => server?.stop());

test(
  'a customer who denies the camera is told how to allow it, and joins with sound only',
  told(async (t) => {
    const who = await people.newStylist(server, 'Sound Stylist');
    const { link, appointment } = await people.bookByApi(server, who);
    const stylist = await open({ camera: clip('stylist') });
    t.after(stylist.close);
    const customer = await open({ camera: clip('customer'), phone: true, allowed: ['microphone'] });
    t.after(customer.close);
    const { page } = customer;

    await page.goto(link);
    await people.deviceCheckReady(page);
    await page.getByText('The camera is blocked').waitFor();
    await people.passDeviceCheck(page, 'Continue with sound only');
    await people.consent(page, true);
    await people.waits(page);

    await people.signIn(stylist.page, server.url, who);
    await stylist.page.goto(`${server.url}/call/${appointment}`);
    await people.admitFirst(stylist.page);
    await mediaFlows(page);
    await mediaFlows(stylist.page, { more: 0 });
    assert.equal((await received(stylist.page)).frames, 0, 'no picture, but sound');
    assert.ok(await stylist.page.getByRole('button', { name: 'Take snapshot' }).isDisabled());
  }),
);

test(
  'without any device the customer still comes in',
  told(async (t) => {
    const who = await people.newStylist(server, 'Quiet Stylist');
    const { link } = await people.bookByApi(server, who);
    const customer = await open({ phone: true });
    t.after(customer.close);
    await customer.page.goto(link);
    await people.deviceCheckReady(customer.page);
    await customer.page.getByText('No camera was found').waitFor();
    await people.passDeviceCheck(customer.page, 'Continue without camera and microphone');
    await people.consent(customer.page, false);
    await people.waits(customer.page);
  }),
);

test(
  'a camera that another program holds, and one that is unplugged in the call, are told in words',
  told(async (t) => {
    const who = await people.newStylist(server, 'Plug Stylist');
    const { link, appointment } = await people.bookByApi(server, who);
    const customer = await open({ camera: clip('customer', 'hd'), phone: true });
    t.after(customer.close);
    const { page } = customer;
    await page.addInitScript(cameraIsBusyOnce);
    await page.goto(link);
    await people.deviceCheckReady(page);
    await page.getByText('Another app is using the camera').waitFor();
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await people.passDeviceCheck(page);
    await people.consent(page, true);
    await people.waits(page);

    const stylist = await open({ camera: clip('stylist') });
    t.after(stylist.close);
    await people.signIn(stylist.page, server.url, who);
    await stylist.page.goto(`${server.url}/call/${appointment}`);
    await people.admitFirst(stylist.page);
    await Promise.all([mediaFlows(page), mediaFlows(stylist.page)]);
    await page.evaluate(unplugCamera);
    await page.getByText('The camera was disconnected').waitFor();
    await mediaFlows(stylist.page, { more: 0 });

    await page.evaluate(() => globalThis.plugCamera());
    await mediaFlows(stylist.page);
  }),
);

/** Runs in the page: the first question for a camera is answered as by a system where it is taken. */
function cameraIsBusyOnce() {
  const devices = navigator.mediaDevices;
  const ask = devices.getUserMedia.bind(devices);
  let busy = sessionStorage.getItem('camera was busy') === null;
  devices.getUserMedia = (wanted) => {
    if (!busy || !wanted.video) return ask(wanted);
    if (!wanted.audio) {
      busy = false;
      sessionStorage.setItem('camera was busy', 'yes');
    }
    return Promise.reject(new DOMException('in use', 'NotReadableError'));
  };
}

/** Runs in the page: what happens to the track that is sent when its camera goes away. */
function unplugCamera() {
  const devices = navigator.mediaDevices;
  globalThis.plugCamera = () => {
    delete devices.getUserMedia;
    devices.dispatchEvent(new Event('devicechange'));
  };
  const gone = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
  Object.defineProperty(devices, 'getUserMedia', { value: gone, configurable: true });
  const senders = globalThis.observedConnections.flatMap((one) => one.getSenders());
  const tracks = senders.map(({ track }) => track).filter((track) => track?.kind === 'video');
  for (const track of tracks) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

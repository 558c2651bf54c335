// From the shutter to the thumbnail on the stylist's screen, and to the full picture of
// 1920×1080 in the customer's file on a third screen.
import { open } from '../lib/browser.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { figure, sleep } from './figure.js';

export async function snapshots(runs) {
  const server = await Server.start();
  const call = await people.callUnderWay(server, 'Bench Customer');
  const third = await open();
  try {
    await people.signIn(third.page, server.url, server.staff('front_desk'));
    const desk = await people.session(server, server.staff('front_desk'));
    const { customer } = await desk.get(`/api/v1/appointments/${call.appointment}`);
    await third.page.goto(`${server.url}/customers/${customer.id}`);
    await people.settled(third.page);
    const [thumbnails, full] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      const [shown, { clicked, at }] = await Promise.all([
        third.page.evaluate(fullPictureShown),
        call.stylist.page.evaluate(thumbnailShown),
        people.takeSnapshot(call.stylist.page),
      ]);
      thumbnails.push(at - clicked);
      full.push(shown - clicked);
      await sleep(500);
    }
    return [
      figure('shutter → thumbnail at the stylist', 'ms', thumbnails, 150),
      figure('shutter → full 1920×1080 picture in the file', 'ms', full, 1000),
    ];
  } finally {
    await Promise.all([call.stylist.close(), call.customer.close(), third.close()]);
    await server.stop();
  }
}

/** Runs in the stylist's page: the click, and when one more picture of the strip is painted. */
function thumbnailShown() {
  const pictures = () => document.querySelectorAll('[data-capture] :is(canvas, img)').length;
  const before = pictures();
  return new Promise((resolve) => {
    let clicked;
    const told = (event) => (clicked = performance.timeOrigin + event.timeStamp);
    document.addEventListener('click', told, { capture: true, once: true });
    const observer = new MutationObserver(() => {
      if (pictures() <= before) return;
      observer.disconnect();
      requestAnimationFrame(() =>
        resolve({ clicked, at: performance.timeOrigin + performance.now() }),
      );
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
}

/** Runs in the third page: when a snapshot more is there, loaded, and no better one expected. */
function fullPictureShown() {
  const whole = () =>
    [...document.querySelectorAll('figure:has([data-snapshot])')].filter(
      (figure) =>
        figure.querySelector('img')?.complete &&
        !figure.innerText.includes('Full picture arriving'),
    ).length;
  const before = whole();
  return new Promise((resolve) => {
    const look = () => {
      if (whole() > before) resolve(performance.timeOrigin + performance.now());
      else setTimeout(look, 4);
    };
    look();
  });
}

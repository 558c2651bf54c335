// From opening the link to being ready in the waiting room; from "admit" to the first picture.
import { clip, open, newPage } from '../lib/browser.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { figure } from './figure.js';

export async function joining(runs) {
  const server = await Server.start();
  const who = await people.newStylist(server, 'Bench Stylist');
  const stylist = await open({ camera: clip('stylist') });
  const customers = await open({ camera: clip('customer', 'hd'), phone: true });
  try {
    await people.signIn(stylist.page, server.url, who);
    const booked = await people.bookByApi(server, who);
    await stylist.page.goto(`${server.url}/call/${booked.appointment}`);
    const [ready, first] = [[], []];
    for (let run = 0; run < runs; run += 1) {
      const page = await newPage(customers.browser, { phone: true });
      ready.push(await untilReady(page, booked.link));
      first.push(await untilFirstFrame(stylist.page, page));
      await page.getByRole('button', { name: 'Hang up' }).click();
      await page.context().close();
    }
    return [
      figure('link opened → ready in the waiting room', 'ms', ready),
      figure('admit → first frame at the customer', 'ms', first, 80),
    ];
  } finally {
    await Promise.all([stylist.close(), customers.close()]);
    await server.stop();
  }
}

/** With the two buttons on the way pressed as soon as they are there. */
async function untilReady(page, link) {
  const begun = performance.now();
  await page.goto(link, { waitUntil: 'commit' });
  await people.passDeviceCheck(page);
  await people.consentIfAsked(page);
  await people.waits(page);
  await page.getByText('good', { exact: true }).waitFor();
  return performance.now() - begun;
}

/** Both pages tell the time of the same machine. */
async function untilFirstFrame(stylistPage, customerPage) {
  // When it was decoded and handed to the screen, however late a script of the page hears of it.
  const arrived = customerPage.evaluate(
    () =>
      new Promise((resolve) => {
        const video = document.querySelector('main.stage .remote video');
        video.requestVideoFrameCallback((_, { presentationTime }) =>
          resolve(performance.timeOrigin + presentationTime),
        );
      }),
  );
  const clicked = stylistPage.evaluate(
    () =>
      new Promise((resolve) => {
        const told = (event) => resolve(performance.timeOrigin + event.timeStamp);
        document.addEventListener('click', told, { capture: true, once: true });
      }),
  );
  const admitted = people.admitFirst(stylistPage);
  const [at, since] = await Promise.all([arrived, clicked, admitted]);
  return at - since;
}

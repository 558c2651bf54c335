// From a click at one staff member's screen until it is seen at another's, in another browser: the
// write to the disk, the event, and what the other screen reads anew.
import { open } from '../lib/browser.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { figure } from './figure.js';

export async function liveScreens(runs) {
  const server = await Server.start();
  const [here, there] = [await open(), await open()];
  try {
    const names = await arrivals(server, runs);
    await people.signIn(here.page, server.url, server.staff('front_desk'));
    await people.signIn(there.page, server.url, server.staff('owner'));
    const delays = [];
    for (const name of names) delays.push(await untilSeen(here.page, there.page, name));
    return [figure('“checked in” at one screen → seen at another', 'ms', delays, 200)];
  } finally {
    await Promise.all([here.close(), there.close()]);
    await server.stop();
  }
}

/** Customers who are about to come to the shop, each to a stylist of their own, all at one time. */
async function arrivals(server, count) {
  const owner = await people.session(server, server.staff('owner'));
  const name = { zh: '美甲', en: 'Manicure' };
  const manicure = { name, length_minutes: 30, kind: 'in_shop' };
  const { id: service } = await owner.post('/api/v1/services', manicure);
  const names = [];
  for (let n = 0; n < count; n += 1) {
    const stylist = await people.newStylist(server, `Bench Stylist ${n}`);
    const customer = `Bench Customer ${n}.`;
    const visit = { kind: 'in_shop', service_id: service };
    await people.bookByApi(server, stylist, { customer, ...visit });
    names.push(customer);
  }
  return names;
}

async function untilSeen(here, there, name) {
  await here.getByRole('button', { name: `Check in: ${name}` }).waitFor();
  const seen = there.evaluate(untilRowSays, [name, 'Checked in']);
  const clicked = here.evaluate(
    () =>
      new Promise((resolve) => {
        const told = (event) => resolve(performance.timeOrigin + event.timeStamp);
        document.addEventListener('click', told, { capture: true, once: true });
      }),
  );
  await here.getByRole('button', { name: `Check in: ${name}` }).click();
  return (await seen) - (await clicked);
}

/** Runs in the page: when the row of this name is painted with these words. */
function untilRowSays([name, words]) {
  const says = () =>
    [...document.querySelectorAll('li')].some(
      ({ textContent }) => textContent.includes(name) && textContent.includes(words),
    );
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!says()) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

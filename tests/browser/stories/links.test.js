// What a customer's link says when it lets nobody in, and that it follows the appointment by itself.
import { after, before, test } from 'node:test';
import { clip, open } from '../lib/browser.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

let server;
let desk;
let stylist;

before(async () => {
  server = await Server.start();
  desk = await people.session(server, server.staff('front_desk'));
  stylist = await people.newStylist(server, 'Link Stylist');
});

after(() => server?.stop());

const hours = (count) => new Date(Date.now() + count * 3_600_000).toISOString();
const heading = (page, name) => page.getByRole('heading', { name }).waitFor();

test(
  'too early it says when, moved it opens by itself, cancelled it says so',
  told(async (t) => {
    const { link, appointment } = await people.bookByApi(server, stylist, { starts_at: hours(3) });
    const { page, close } = await open({ camera: clip('customer', 'hd'), phone: true });
    t.after(close);
    await page.goto(link);
    await heading(page, 'You are early');

    const soon = new Date(Date.now() + 60_000).toISOString();
    await desk.patch(`/api/v1/appointments/${appointment}`, { starts_at: soon });
    await people.deviceCheckReady(page);

    await desk.patch(`/api/v1/appointments/${appointment}`, { state: 'cancelled' });
    await heading(page, 'This appointment was cancelled');
  }),
);

test(
  'a link that was tampered with tells nothing',
  told(async (t) => {
    const { link } = await people.bookByApi(server, stylist, { starts_at: hours(5) });
    const { page, close } = await open({ phone: true });
    t.after(close);
    for (const broken of [`${link}x`, link.slice(0, -4), `${server.url}/j/`]) {
      await page.goto(broken);
      await heading(page, 'This link does not work');
    }
  }),
);

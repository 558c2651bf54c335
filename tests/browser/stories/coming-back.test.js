// What is lost comes back by itself: after a reload, and after the server was killed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

let server;
let call;

before(async () => {
  server = await Server.start();
  call = await people.callUnderWay(server, 'Chen Return');
});

after(async () => {
  await Promise.all([call?.stylist.close(), call?.customer.close()]);
  await server?.stop();
});

const bothSeeEachOther = () =>
  Promise.all([mediaFlows(call.stylist.page), mediaFlows(call.customer.page)]);

test(
  'a customer who reloads in mid-call is back in it without being admitted again',
  told(async () => {
    await call.customer.page.reload();
    await people.allowSound(call.customer.page);
    await bothSeeEachOther();
  }),
);

test(
  'so is a stylist',
  told(async () => {
    await call.stylist.page.reload();
    await people.allowSound(call.stylist.page);
    await bothSeeEachOther();
  }),
);

test(
  'after SIGKILL in mid-call both come back, and what was acknowledged opens',
  told(async () => {
    const desk = await people.session(server, server.staff('front_desk'));
    const kept = await people.snapshotStored(call.stylist.page, desk, call.appointment);
    const before = digest(await desk.bytes(kept.picture.urls.full));

    await server.kill();
    await server.restart();
    await bothSeeEachOther();
    assert.equal(digest(await desk.bytes(kept.picture.urls.full)), before);
  }),
);

test(
  'after SIGKILL in mid-upload the queued picture arrives',
  told(async () => {
    const desk = await people.session(server, server.staff('front_desk'));
    const known = await people.snapshots(desk, call.appointment);
    const { page } = call.customer;
    const upload = page.waitForRequest(people.uploads);
    await people.takeSnapshot(call.stylist.page);
    await upload;
    await server.kill();
    await server.restart();
    const arrived = await people.eventually(
      'the full picture arrives',
      async () =>
        (await people.snapshots(desk, call.appointment)).find(
          ({ id, picture }) => !known.some((old) => old.id === id) && picture?.source === 'camera',
        ),
      30_000,
    );
    const bytes = await desk.bytes(arrived.picture.urls.full);
    assert.equal(bytes.length, arrived.picture.bytes);
    await bothSeeEachOther();
  }),
);

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

// The server's disk is wholly full in mid-upload: people are told in words, nothing is lost, and all
// goes on by itself once there is room again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { SmallDisk } from '../lib/small-disk.js';
import { steps } from '../lib/story.js';

const possible = SmallDisk.isPossible();
const skip = possible
  ? false
  : 'a small disk cannot be mounted here: needs root or user namespaces';

test('a picture outlives a full disk', { skip }, async (t) => {
  const step = steps(t);
  const server = await Server.start({ diskMegabytes: 48 });
  t.after(() => server.stop());
  const call = await people.callUnderWay(server, 'Chen Full');
  const { stylist, customer, appointment } = call;
  t.after(() => Promise.all([stylist.close(), customer.close()]));
  const desk = await people.session(server, server.staff('front_desk'));

  await step(
    'the disk is full when the first piece is on its way: the customer is told',
    async () => {
      let filled = false;
      await customer.page.route(people.uploads, async (route) => {
        if (!filled) server.disk.fill();
        filled = true;
        await route.continue();
      });
      await people.takeSnapshot(stylist.page);
      await customer.page.getByText('The shop’s storage is full').waitFor();
      await customer.page.getByText('1 photo still arriving').waitFor();
      assert.ok(filled);
    },
  );

  await step('the call goes on', () =>
    Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]),
  );

  await step('what can be read is read; what cannot be written is refused in words', async () => {
    const path = `/api/v1/appointments/${appointment}`;
    assert.equal((await desk.get(path)).id, appointment);
    const notes = (n) => ({ notes: `${n}`.repeat(1500) });
    let n = 0;
    const refused = await people.eventually('a write is refused', () =>
      desk.patch(path, notes((n += 1) % 10)).then(() => null, String),
    );
    assert.match(refused, /database_unavailable/);
    assert.equal((await desk.get(path)).id, appointment);
  });

  await step('a snapshot that cannot be noted is not taken, and the stylist is told', async () => {
    await people.takeSnapshot(stylist.page);
    await stylist.page.getByText('No snapshot was taken').waitFor();
  });

  await step('a page that is opened again keeps the picture and the words', async () => {
    await customer.page.reload();
    await customer.page.getByText('The shop’s storage is full').waitFor();
  });

  await step('with room again the picture arrives by itself, once', async () => {
    server.disk.free();
    const snapshot = await people.eventually(
      'the full picture arrives',
      async () =>
        (await people.snapshots(desk, appointment)).find(
          ({ picture }) => picture?.source === 'camera',
        ),
      40_000,
    );
    assert.equal((await people.snapshots(desk, appointment)).length, 1);
    const bytes = await desk.bytes(snapshot.picture.urls.full);
    assert.equal(bytes.length, snapshot.picture.bytes);
    await customer.page.getByText('still arriving').waitFor({ state: 'hidden' });
  });

  await step('and everything else works as before', async () => {
    await desk.patch(`/api/v1/appointments/${appointment}`, { notes: 'there is room' });
    await people.allowSound(customer.page);
    await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
    const known = await people.snapshots(desk, appointment);
    await people.snapshotStored(stylist.page, desk, appointment);
    assert.equal((await people.snapshots(desk, appointment)).length, known.length + 1);
  });
});

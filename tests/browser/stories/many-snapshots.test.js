// However many snapshots a call has, everything stays within reach.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

const SNAPSHOTS = 9;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

let server;
let call;

before(async () => {
  server = await Server.start();
  call = await people.callUnderWay(server, 'Chen Many');
});

after(async () => {
  await Promise.all([call?.stylist.close(), call?.customer.close()]);
  await server?.stop();
});

test(
  'the buttons of the call stay where a finger finds them',
  told(async () => {
    const { page } = call.stylist;
    const taken = page.getByRole('figure', { name: /^Snapshot at/ });
    for (let number = 1; number <= SNAPSHOTS; number += 1) {
      await people.takeSnapshot(page);
      await people.eventually('it is in the strip', async () => (await taken.count()) === number);
    }
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const name of ['Mute', 'Camera off', 'Take snapshot', 'Leave', 'End call']) {
        const button = page.getByRole('button', { name, exact: true });
        await button.click({ trial: true });
        const { x, width } = await button.boundingBox();
        assert.ok(x >= 0 && x + width <= size.width, `${name} at ${x}, ${size.width} wide`);
      }
    }
  }),
);

// Networks that let little through: the call comes up all the same.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mediaFlows, path } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';
import { startTurn } from '../lib/turn.js';

let turn;
let server;

before(async () => {
  turn = await startTurn();
  server = await Server.start({ flags: turn.settings });
});

after(async () => {
  await server?.stop();
  await turn?.stop();
});

async function inCall(name, customer, tell) {
  const call = await people.callUnderWay(server, name, { customer });
  try {
    await tell(call);
  } finally {
    await Promise.all([call.stylist.close(), call.customer.close()]);
  }
}

test(
  'a customer without UDP is in the call over TCP',
  told(() =>
    // As Chromium itself does it where a shop's or an office's policy forbids UDP.
    inCall(
      'Zhou Office',
      { flags: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'] },
      async ({ stylist, customer }) => {
        await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
        assert.equal((await path(customer.page)).protocol, 'tcp');
        const near = await path(stylist.page);
        assert.equal(near.protocol, 'udp');
        assert.match(near.cipher, /GCM/);
      },
    ),
  ),
);

test(
  'a customer who reaches nothing but a relay, and that over TCP, is in the call through it',
  told(() =>
    inCall('Wu Hotel', { relayOnly: true }, async ({ stylist, customer }) => {
      await Promise.all([mediaFlows(stylist.page), mediaFlows(customer.page)]);
      const { kind, relay } = await path(customer.page);
      assert.deepEqual({ kind, relay }, { kind: 'relay', relay: 'tcp' });
    }),
  ),
);

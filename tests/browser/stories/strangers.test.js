// Many who connect to the web server and say nothing: who is in a call does not notice, and who wants
// to come in can.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { mediaFlows } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { told } from '../lib/story.js';

const STRANGERS = 10_000;
/** What a system gives a service that does not ask. */
const OPEN_FILES = 1024;
/** Node asks for all that it may have. */
const allowed = Number(/^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits'))?.[1]);

/** Connections from many addresses, on which nothing is ever said. */
class Strangers {
  #sockets = [];

  async come(port) {
    const signal = AbortSignal.timeout(60_000);
    for (let n = 0; n < STRANGERS; n += 1) {
      const localAddress = `127.1.${Math.floor(n / 200)}.${(n % 200) + 1}`;
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      socket.on('error', () => {});
      this.#sockets.push(socket);
      if (n % 100 === 99) await once(socket, 'connect', { signal });
    }
  }

  /** How many of them the server still has. */
  get held() {
    return this.#sockets.filter((socket) => socket.readyState === 'open').length;
  }

  leave() {
    for (const socket of this.#sockets) socket.destroy();
  }
}

const filesOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** In megabytes. */
function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)[1]) / 1000;
}

test(
  'ten thousand who say nothing keep nobody out of a call, nor from its pages',
  { skip: allowed < 1.2 * STRANGERS && `this system allows ${allowed} open files` },
  told(async (t) => {
    const server = await Server.start({ openFiles: OPEN_FILES });
    const call = await people.callUnderWay(server, 'Zheng Calm');
    const strangers = new Strangers();
    t.after(async () => {
      strangers.leave();
      await Promise.all([call.stylist.close(), call.customer.close()]);
      await server.stop();
    });
    const before = memoryOf(server.pid);

    await strangers.come(new URL(server.url).port);
    assert.ok(filesOf(server.pid) > OPEN_FILES);
    const desk = await people.session(server, server.staff('front_desk'));
    const { state } = await desk.get(`/api/v1/appointments/${call.appointment}`);
    assert.equal(state, 'in_service');
    await people.eventually('most are sent away', () => strangers.held <= STRANGERS / 4);
    await Promise.all([mediaFlows(call.stylist.page), mediaFlows(call.customer.page)]);
    const after = memoryOf(server.pid);
    assert.ok(after < before + 60, `${before} MB before, then ${after}`);
  }),
);

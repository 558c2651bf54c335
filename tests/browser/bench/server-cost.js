// What the server's process costs: processor per participant of a 1:1 call, memory.
import { readFileSync } from 'node:fs';
import { clip } from '../lib/browser.js';
import { received } from '../lib/observe.js';
import * as people from '../lib/people.js';
import { Server } from '../lib/server.js';
import { figure, sleep } from './figure.js';

const TICKS_PER_SECOND = 100;

export async function processor() {
  const server = await Server.start();
  const hd = { camera: clip('customer', 'hd'), stylistCamera: clip('stylist', 'hd') };
  const call = await people.callUnderWay(server, 'Bench Customer', hd);
  try {
    await sleep(5000);
    const [shares, rates] = [[], []];
    for (let run = 0; run < 5; run += 1) {
      const [cpu, frames, begun] = [
        processorSeconds(server.pid),
        await decoded(call),
        performance.now(),
      ];
      await sleep(4000);
      const passed = (performance.now() - begun) / 1000;
      shares.push(((processorSeconds(server.pid) - cpu) / passed / 2) * 100);
      rates.push(((await decoded(call)) - frames) / passed / 2);
    }
    return [
      figure('server’s processor per participant, 1:1 at 720p', '% of a core', shares),
      figure('  … while the browsers decoded', 'frames/s', rates),
    ];
  } finally {
    await Promise.all([call.stylist.close(), call.customer.close()]);
    await server.stop();
  }
}

export async function memory() {
  const server = await Server.start({ demo: true });
  try {
    await sleep(3000);
    const fresh = megabytes(server.pid);
    await server.kill();
    await server.restart();
    await sleep(3000);
    const idle = megabytes(server.pid);
    const call = await people.callUnderWay(server, 'Bench Customer');
    await sleep(3000);
    const busy = megabytes(server.pid);
    await Promise.all([call.stylist.close(), call.customer.close()]);
    return [
      { name: 'idle server’s memory', unit: 'MB', median: idle, aim: 40 },
      { name: '  … that has just painted the demo shop', unit: 'MB', median: fresh },
      { name: 'memory that a call adds', unit: 'MB', median: busy - idle },
    ];
  } finally {
    await server.stop();
  }
}

async function decoded({ stylist, customer }) {
  return (await received(stylist.page)).frames + (await received(customer.page)).frames;
}

/** Processor time of all threads so far; see proc(5). */
export function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function megabytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

// A network namespace behind a bad link: `near` is where this process runs, `far` is where a
// browser of the story runs. The link is tests/src/bin/link_emulator.rs.
// Chromium is remote-controlled through a pipe; Firefox listens on a port of its own machine, which is
// not this process's, so that each connection to it goes through a small program over there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { target } from './paths.js';

export const near = '10.77.0.1';
const far = ['10.77.0.2', '10.77.0.3'];
const device = 'closeup-far';
/** Connects standard input and output with a port of the machine that it runs on. */
const toPort = `
const socket = require('node:net').connect(process.argv[1], '127.0.0.1');
process.stdin.pipe(socket).pipe(process.stdout);
`;

export class BadNetwork {
  #keeper;
  #bridges = [];
  #emulator;
  #answers;
  #folder = mkdtempSync(join(tmpdir(), 'closeup-network-'));
  #address = 0;
  #ports = 0;

  static async start(seed = 1) {
    const network = new BadNetwork();
    network.#keeper = spawn('unshare', ['--net', 'sh', '-c', 'echo up; exec sleep infinity']);
    await once(createInterface({ input: network.#keeper.stdout }), 'line');
    const pid = String(network.#keeper.pid);
    network.#emulator = spawn(
      join(target, 'debug/link_emulator'),
      [pid, near, far[0], String(seed)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: network.#emulator.stdout });
    network.#answers = lines[Symbol.asyncIterator]();
    if ((await network.#answers.next()).value !== 'ready') throw new Error('no link came up');
    return network;
  }

  /** A program that starts this one at the far end. */
  startsThere(program) {
    const path = join(this.#folder, basename(program));
    const start = `#!/bin/sh\nexec nsenter ${this.#enter.join(' ')} ${program} "$@"\n`;
    writeFileSync(path, start, { mode: 0o755 });
    return path;
  }

  /** A port of this side whose connections lead to the port of the same number at the far end. */
  async bridge() {
    const bridge = createServer((near) => {
      const far = spawn('nsenter', [...this.#enter, process.execPath, '-e', toPort, String(port)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      near.pipe(far.stdin).on('error', () => {});
      far.stdout.pipe(near).on('error', () => {});
    });
    this.#bridges.push(bridge.listen(0, '127.0.0.1'));
    await once(bridge, 'listening');
    const { port } = bridge.address();
    return port;
  }

  get #enter() {
    return ['--target', String(this.#keeper.pid), '--net', '--'];
  }

  /** Changes the link, as in `both delay=50 loss=5`; `up` is towards this side. */
  async set(line) {
    this.#emulator.stdin.write(`${line}\n`);
    const { value } = await this.#answers.next();
    if (!value.startsWith('ok')) throw new Error(value);
    return value;
  }

  /** Perfect again. */
  heal() {
    return this.set(
      'both delay=0 jitter=0 loss=0 burst-enter=0 rate=0 queue=200 duplicate=0 reorder=0 block=nothing',
    );
  }

  /** The far end gets another address, and the old one is gone at once. */
  changeAddress() {
    const before = far[this.#address];
    this.#address = 1 - this.#address;
    const after = far[this.#address];
    // The old one first: the new one would go with it, as its secondary.
    this.#there('address', 'del', before, 'peer', near, 'dev', device);
    this.#there('address', 'add', after, 'peer', near, 'dev', device);
    execFileSync('ip', ['route', 'replace', after, 'dev', 'closeup-near']);
  }

  /** A NAT on the way gives the far end's UDP ports that it never had; nobody is told. */
  async changeMapping() {
    this.#ports += 1 << 10;
    await this.set(`down destination-ports=${this.#ports}`);
    await this.set(`up source-ports=${this.#ports}`);
  }

  /** All that runs at the far end stands still, as in a laptop that is closed, until `wake`. */
  sleep() {
    for (const pid of this.#inhabitants()) process.kill(pid, 'SIGSTOP');
  }

  wake() {
    for (const pid of this.#inhabitants()) process.kill(pid, 'SIGCONT');
  }

  #inhabitants() {
    const network = (pid) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/net`);
      } catch {
        return null;
      }
    };
    const keeper = this.#keeper.pid;
    const there = network(keeper);
    const pids = readdirSync('/proc').map(Number).filter(Boolean);
    return pids.filter((pid) => pid !== keeper && network(pid) === there);
  }

  #there(...args) {
    execFileSync('nsenter', [...this.#enter, 'ip', ...args]);
  }

  async stop() {
    for (const bridge of this.#bridges) bridge.close();
    for (const process of [this.#emulator, this.#keeper]) {
      const ended = once(process, 'exit');
      process.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true });
  }
}

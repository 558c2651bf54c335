// The real server, as a process that can be killed and started again on the same data and ports.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { closeup, root } from './paths.js';
import { SmallDisk } from './small-disk.js';

/** Those whose log is worth keeping when a story fails. */
export const runningServers = new Set();

export class Server {
  /** What it printed when it was ready: `{url, demo: {staff, appointments}}`. */
  ready;
  #process;
  #log = [];
  #hired = [];
  #openFiles;

  /** What its data lies on, when that is not the machine's own disk. */
  disk;

  /**
   * Starts one with a new data folder: with an owner and a front desk only, or the demo shop; on a
   * disk of a few megabytes when told how many. Media may have an address of its own. `openFiles`: as
   * many as the system gives it before it asks for more.
   */
  static async start({
    demo = false,
    diskMegabytes,
    openFiles,
    flags = [],
    address = '127.0.0.1',
    mediaAddress = address,
  } = {}) {
    const server = new Server();
    server.#openFiles = openFiles;
    server.data = mkdtempSync(join(tmpdir(), 'closeup-story-'));
    if (diskMegabytes) server.disk = await SmallDisk.over(server.data, diskMegabytes);
    const [port, mediaPort] = [await freePort(), await freePort()];
    server.flags = ['--host', address, '--port', port, '--media-port', mediaPort];
    server.flags.push('--media-addresses', mediaAddress, '--media-workers', '1');
    server.flags.push('--data', server.data, ...flags);
    if (!demo) server.#hire(['owner', 'front_desk']);
    await server.restart();
    server.ready = server.first;
    runningServers.add(server);
    return server;
  }

  get url() {
    return this.ready.url;
  }

  get mediaPort() {
    return this.flags[this.flags.indexOf('--media-port') + 1];
  }

  get pid() {
    return this.#process.pid;
  }

  /** The staff member of this role who is there from the start. */
  staff(role) {
    const staff = this.#hired.length > 0 ? this.#hired : this.ready.demo.staff;
    return staff.find((one) => one.role === role);
  }

  #hire(roles) {
    this.flags.push('--empty');
    for (const role of roles) {
      const one = { role, email: `${role}@example.com`, password: 'look closely 2026' };
      const who = ['--name', role, '--email', one.email, '--role', role];
      const create = ['create-staff', '--data', this.data, ...who];
      const [program, args] = this.#command(create);
      execFileSync(program, args, { input: `${one.password}\n`, stdio: 'pipe' });
      this.#hired.push(one);
    }
  }

  #command(args) {
    if (this.disk) return this.disk.command(closeup, args);
    if (this.#openFiles) return ['prlimit', [`--nofile=${this.#openFiles}:`, closeup, ...args]];
    return [closeup, args];
  }

  /** Starts it again on the same data, and returns once it is ready. */
  async restart() {
    const { RUST_LOG: _, ...env } = process.env;
    const [program, args] = this.#command(['serve', ...this.flags.map(String)]);
    const child = spawn(program, args, { cwd: root, env });
    this.#process = child;
    child.stderr.setEncoding('utf8').on('data', (text) => this.#log.push(text));
    const exited = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code}:\n${this.log()}`);
    });
    exited.catch(() => {});
    const line = once(createInterface({ input: child.stdout }), 'line');
    this.first = JSON.parse((await Promise.race([line, exited]))[0]);
  }

  /** As a power cut would: no chance to tidy up. */
  async kill() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes its data. */
  async stop() {
    runningServers.delete(this);
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      const late = setTimeout(() => this.#process.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(late);
    }
    await this.disk?.unmount();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** The last of what it logged. */
  log() {
    return this.#log.join('').slice(-8000);
  }

  keepLog(path) {
    writeFileSync(path, this.#log.join(''));
  }
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

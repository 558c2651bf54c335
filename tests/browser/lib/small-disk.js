// A disk that can be full: a small tmpfs on a server's data folder, in a mount namespace of its own,
// so that nothing is left behind, whatever happens to the run.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const asRoot = process.getuid() === 0;

export class SmallDisk {
  #keeper;
  #folder;

  /**
   * Mounts one over `folder`. Fails where the system allows no mount, not even to a user who is
   * root in a namespace of its own only: see `isPossible`.
   */
  static async over(folder, megabytes) {
    const disk = new SmallDisk();
    disk.#folder = folder;
    const mount = `mount -t tmpfs -o size=${megabytes}m closeup "$0" && echo mounted && exec sleep infinity`;
    const unshare = ['--mount', '--propagation', 'private', ...(asRoot ? [] : ['--map-root-user'])];
    disk.#keeper = spawn('unshare', [...unshare, 'sh', '-c', mount, folder]);
    const exited = once(disk.#keeper, 'exit').then(() => {
      throw new Error('no disk could be mounted');
    });
    exited.catch(() => {});
    await Promise.race([once(createInterface({ input: disk.#keeper.stdout }), 'line'), exited]);
    return disk;
  }

  /** Whether this system lets us; root may, and users where they may have namespaces. */
  static isPossible() {
    const unshare = ['--mount', ...(asRoot ? [] : ['--map-root-user'])];
    try {
      const args = [...unshare, 'mount', '-t', 'tmpfs', 'closeup', '/mnt'];
      execFileSync('unshare', args, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }

  /** What to run so that a program sees the disk; it stays the process that is started. */
  command(program, args) {
    const user = asRoot ? [] : ['--user', '--preserve-credentials'];
    const enter = ['--target', String(this.#keeper.pid), '--mount', ...user];
    return ['nsenter', [...enter, '--', program, ...args]];
  }

  /** Leaves not a byte. */
  fill() {
    const ballast = openSync(this.#ballast, 'a');
    for (const size of [1 << 20, 1 << 12, 1]) {
      try {
        for (;;) writeSync(ballast, Buffer.alloc(size));
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error;
      }
    }
    closeSync(ballast);
  }

  /** All of that room is back. */
  free() {
    rmSync(this.#ballast);
  }

  async unmount() {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.kill('SIGKILL');
    await ended;
  }

  /** Seen from here: through the root directory of a process that is inside. */
  get #ballast() {
    return join(`/proc/${this.#keeper.pid}/root`, this.#folder, 'ballast');
  }
}

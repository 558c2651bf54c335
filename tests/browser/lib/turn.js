// A TURN server: Debian's coturn, on a free port of the loopback.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './server.js';

const secret = 'north and south';

/** Starts one that knows nobody but those with leave of ours, and reaches the loopback only. */
export async function startTurn() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'closeup-turn-'));
  const flags = ['-n', '--no-cli', '--no-tls', '--no-dtls', '-L', '127.0.0.1', '-E', '127.0.0.1'];
  flags.push('--allow-loopback-peers', '-p', port, '--use-auth-secret', '-r', 'story');
  flags.push(`--static-auth-secret=${secret}`, '--log-file', 'stdout');
  flags.push('--pidfile', join(folder, 'pid'));
  const turn = spawn('turnserver', flags.map(String), { cwd: folder, stdio: 'ignore' });
  const ended = once(turn, 'exit').then(([code]) => {
    throw new Error(`turnserver ended with ${code}`);
  });
  ended.catch(() => {});
  await Promise.race([answers(port), ended]);
  return {
    settings: ['--turn-urls', `turn:127.0.0.1:${port}?transport=tcp`, '--turn-secret', secret],
    async stop() {
      if (turn.exitCode === null) {
        turn.kill('SIGTERM');
        await once(turn, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

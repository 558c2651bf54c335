// script/screenshots: the README's pictures, from the demo shop.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clip, open } from './lib/browser.js';
import { root } from './lib/paths.js';
import * as people from './lib/people.js';
import { Server } from './lib/server.js';

const folder = join(root, 'screenshots');
const scratch = mkdtempSync(join(tmpdir(), 'closeup-screenshots-'));
mkdirSync(folder, { recursive: true });
const server = await Server.start({ demo: true });
try {
  const desk = await people.session(server, server.staff('owner'));
  await reviewBoard();
  await call(await cameraShowing(await aPicture(desk)));
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true });
}

async function reviewBoard() {
  const { page, close } = await open();
  await people.signIn(page, server.url, server.staff('owner'));
  await page.goto(`${server.url}/reviews`);
  await people.settled(page);
  await page.screenshot({ path: join(folder, 'review-board.png') });
  await close();
}

async function call(camera) {
  const { stylist, customer } = await people.callUnderWay(server, '陈雨', { camera });
  await people.takeSnapshot(stylist.page);
  await stylist.page.getByText('Full picture saved').first().waitFor();
  await stylist.page.screenshot({ path: join(folder, 'call.png') });
  await customer.page.screenshot({ path: join(folder, 'call-phone.png') });
  await Promise.all([stylist.close(), customer.close()]);
}

/** A snapshot of the demo shop serves as what the customer's camera sees. */
async function aPicture(desk) {
  const { items } = await desk.get('/api/v1/snapshots');
  const path = join(scratch, 'picture');
  writeFileSync(path, await desk.bytes(items[0].picture.urls.full));
  return path;
}

async function cameraShowing(picture) {
  const video = join(scratch, 'camera.y4m');
  const filter = 'scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,format=yuv420p';
  const frames = ['-loop', '1', '-i', picture, '-vf', filter, '-frames:v', '15', '-r', '30'];
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...frames, video]);
  return { ...clip('customer'), video };
}

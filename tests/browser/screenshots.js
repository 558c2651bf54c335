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
const quality = 88;
mkdirSync(folder, { recursive: true });
const server = await Server.start({ demo: true });
try {
  const desk = await people.session(server, server.staff('owner'));
  await reviewBoard();
  await call(await picturesOfNails(desk));
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true });
}

async function reviewBoard() {
  const { page, close } = await open();
  await people.signIn(page, server.url, server.staff('owner'));
  await page.goto(`${server.url}/reviews`);
  await people.settled(page);
  await page.screenshot({ path: join(folder, 'review-board.jpg'), quality });
  await close();
}

async function call([camera, stylistCamera]) {
  const cameras = { camera, stylistCamera, stylistName: '苏晴 Su Qing' };
  const { stylist, customer } = await people.callUnderWay(server, '陈雨', cameras);
  await people.takeSnapshot(stylist.page);
  await stylist.page.getByText('Full picture saved').first().waitFor();
  await stylist.page
    .getByText('Snapshot taken')
    .waitFor({ state: 'hidden' })
    .catch(() => {});
  await stylist.page.waitForTimeout(2000);
  await stylist.page.screenshot({ path: join(folder, 'call.jpg'), quality });
  await customer.page.screenshot({ path: join(folder, 'call-phone.jpg'), quality });
  await Promise.all([stylist.close(), customer.close()]);
}

/** Snapshots of the demo shop serve as what the two cameras see. */
async function picturesOfNails(desk) {
  const { items: visits } = await desk.get('/api/v1/reviews?state=new');
  const isNails = ({ appointment }) => /manicure/i.test(JSON.stringify(appointment));
  const chosen = [visits.find(isNails) ?? visits[0], visits[0]];
  return Promise.all(
    chosen.map(async ({ snapshots }, n) => {
      const path = join(scratch, `picture-${n}`);
      writeFileSync(path, await desk.bytes(snapshots[0].picture.urls.full));
      return cameraShowing(path);
    }),
  );
}

function cameraShowing(picture) {
  const video = `${picture}.y4m`;
  const filter = 'scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,format=yuv420p';
  const frames = ['-loop', '1', '-i', picture, '-vf', filter, '-frames:v', '15', '-r', '30'];
  execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...frames, video]);
  return { ...clip('customer'), video };
}

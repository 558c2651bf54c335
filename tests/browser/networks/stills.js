// Networks that carry the sound and no video: still pictures come instead, and the video by itself
// when the network is well again.
import { path } from '../lib/observe.js';
import { eventually } from '../lib/people.js';
import { counts, framesSince, longestGap } from '../lib/picture-watch.js';
import { stillsSince } from '../lib/stills-watch.js';
import { atLeast, atMost, sleep } from './scenarios.js';

/** A customer whose network takes hardly more than the sound. */
export async function noVideoUp(call, network) {
  await network.set('both delay=20');
  return withStills(call.stylist, call.customer, network, 'up rate=80 queue=1000');
}

/** One whose network brings hardly more than that, and what the server pads it with. */
export async function noVideoDown({ customer }, network) {
  await network.set('both delay=20');
  return withStills(customer, customer, network, 'down rate=100 queue=1000');
}

const OBSERVED_MS = 45_000;

/** What the `viewer` sees and hears on such a link, behind which somebody is, and after it. */
async function withStills(viewer, behind, network, link) {
  await sleep(3000);
  const cut = Date.now();
  await network.set(link);
  const first = await eventually(
    'a still picture',
    async () => (await stillsSince(viewer, cut)).find(({ url }) => url),
    40_000,
  );
  // Video that still moves is as good; what counts is how long nothing new is seen.
  const nothing = await longestGap(viewer, cut, first.at);
  const before = await counts(viewer);
  await sleep(OBSERVED_MS);
  const after = await counts(viewer);
  const { roundTrip } = await path(behind);
  const shown = (await stillsSince(viewer, cut)).filter(({ url }) => url);
  const concealed = (100 * (after.concealed - before.concealed)) / (after.samples - before.samples);

  const healed = Date.now();
  await network.heal();
  const back = await eventually(
    'video',
    async () => (await videoSince(viewer, healed)) ?? false,
    90_000,
  ).catch(() => Infinity);
  return [
    atMost('nothing new to see before the first still picture for', 'ms', nothing, 15_000),
    atLeast('still pictures in 45 s', '', shown.length, 6),
    atMost('oldest picture before its successor', 'ms', oldest(shown, healed), 12_000),
    atMost('sound that had to be filled in', '%', concealed, 10),
    atMost('round trip at the end of it', 'ms', roundTrip, 400),
    atMost('video back after', 'ms', back - healed, 20_000),
  ];
}

/** When the tile went back to video that flows: no still is there any more, and ten frames came. */
async function videoSince(page, from) {
  const last = (await stillsSince(page, 0)).at(-1);
  if (last?.url) return null;
  const frames = await framesSince(page, Math.max(from, last.at));
  return frames.length >= 10 ? Math.max(from, last.at) : null;
}

/** How old a picture was at the worst when the next took its place. */
function oldest(shown, until) {
  const ends = [...shown.slice(1).map(({ at }) => at), until];
  return Math.max(...shown.map(({ takenAt }, n) => ends[n] - takenAt));
}

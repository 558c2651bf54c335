// What a call must stand. Each gets a call under way whose customer is behind the link, and gives
// back figures with their aims.
import { eventually } from '../lib/people.js';
import { path } from '../lib/observe.js';
import { counts, framesSent, framesSince, linesSeen, longestGap } from '../lib/picture-watch.js';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const atMost = (name, unit, value, aim) => ({ name, unit, value, aim, met: value <= aim });
export const atLeast = (name, unit, value, aim) => ({
  name,
  unit,
  value,
  aim,
  least: true,
  met: value >= aim,
});

/** Loss both ways, with a round trip of 100 ms. */
export async function randomLoss(call, network) {
  await network.set('both delay=50 loss=5');
  return underLoss(call, 60_000);
}

/** As much loss, but in bursts of three packets in the mean. */
export async function burstLoss(call, network) {
  await network.set('both delay=50 burst-enter=1.8 burst-leave=33');
  return underLoss(call, 60_000);
}

async function underLoss({ stylist, customer }, length) {
  await sleep(8000);
  const pages = [stylist, customer];
  const before = await Promise.all(pages.map(counts));
  const from = Date.now();
  let after = before;
  // Second by second, as layers may take turns.
  const sent = [0, 0];
  while (Date.now() - from < length) {
    await sleep(1000);
    const now = await Promise.all(pages.map(counts));
    for (const page of [0, 1]) sent[page] += framesSent(after[page], now[page]);
    after = now;
  }
  const until = Date.now();
  const share = (seen, sender) =>
    (100 * (after[seen].decoded - before[seen].decoded)) / sent[sender];
  const filledIn = (page) => concealed(before[page], after[page]);
  return [
    atLeast('frames decoded at the stylist', '%', share(0, 1), 95),
    atLeast('frames decoded at the customer', '%', share(1, 0), 95),
    atMost('sound filled in at the stylist', '%', filledIn(0), 1),
    atMost('sound filled in at the customer', '%', filledIn(1), 1),
    atMost('longest freeze at the stylist', 'ms', await longestGap(stylist, from, until), 500),
    atMost('longest freeze at the customer', 'ms', await longestGap(customer, from, until), 500),
  ];
}

/** Share of the sound that did not come, or too late, in percent. */
function concealed(before, after) {
  return (100 * (after.concealed - before.concealed)) / (after.samples - before.samples);
}

/** A customer whose network brings 300 kbit/s. */
export async function narrowDown({ customer }, network) {
  await network.set('both delay=20');
  await network.set('down rate=300 queue=400');
  await sleep(20_000);
  return flowing(customer, 30_000);
}

/** One whose network takes as much. */
export async function narrowUp({ stylist }, network) {
  await network.set('both delay=20');
  await network.set('up rate=300 queue=400');
  await sleep(20_000);
  return flowing(stylist, 30_000);
}

/** A network that becomes narrow in mid-call, and wide again. */
export async function steps({ customer }, network) {
  await network.set('both delay=20');
  await network.set('down rate=1000 queue=400');
  await sleep(15_000);
  const lines = await linesSeen(customer);
  const cut = Date.now();
  await network.set('down rate=300');
  await sleep(10_000);
  const gap = await longestGap(customer, cut);
  const figures = await flowing(customer, 10_000);
  const healed = Date.now();
  await network.set('down rate=1000');
  const isBack = async () => (await linesSeen(customer)) >= lines;
  const back = eventually('as sharp as before', isBack, 40_000);
  const after = await back.then(
    () => Date.now() - healed,
    () => Infinity,
  );
  return [
    atMost('longest freeze in the 10 s after it became narrow', 'ms', gap, 2500),
    ...figures.map((figure) => ({ ...figure, name: `then ${figure.name}` })),
    atMost('as sharp as before after', 'ms', after, 15_000),
  ];
}

/** What a page sees and hears for so long. */
async function flowing(page, length) {
  const before = await counts(page);
  const from = Date.now();
  await sleep(length);
  const after = await counts(page);
  const rate = ((after.decoded - before.decoded) * 1000) / length;
  return [
    atMost('sound that had to be filled in', '%', concealed(before, after), 1),
    atLeast('picture', 'frames/s', rate, 10),
    atMost('longest freeze', 'ms', await longestGap(page, from), 1000),
  ];
}

/** A firewall that begins to drop UDP in mid-call. */
export async function udpCut(call, network) {
  await network.set('both delay=20');
  const from = Date.now();
  await network.set('both block=udp');
  return withoutPicture(call, from, 20_000, 5000);
}

/**
 * From Wi-Fi to the mobile network, as a phone tells its pages; the old one is gone at once. Chromium
 * on Linux looks at its own addresses anew only two seconds after they changed.
 */
export async function addressChange(call, network) {
  await network.set('both delay=20');
  await sleep(2000);
  const from = Date.now();
  network.changeAddress();
  // Chromium knows the kind of its network on phones only, and Firefox never.
  await call.customer.evaluate(() => {
    if (!navigator.connection) return;
    Object.defineProperty(navigator.connection, 'type', { value: 'cellular' });
    navigator.connection.dispatchEvent(new Event('change'));
  });
  return withoutPicture(call, from, 10_000, 3000);
}

/** The same where nobody tells: another Wi-Fi, a VPN that ends. */
export async function silentAddressChange(call, network) {
  await network.set('both delay=20');
  await sleep(2000);
  const from = Date.now();
  network.changeAddress();
  return withoutPicture(call, from, 12_000, 5000);
}

/** A NAT on the way forgets who was who, three times: the same packets come from another address. */
export async function anotherMapping(call, network) {
  await network.set('both delay=20');
  const from = Date.now();
  for (let times = 0; times < 3; times += 1) {
    await sleep(5000);
    await network.changeMapping();
  }
  return withoutPicture(call, from, 5000, 1000);
}

/** UDP is gone for less time than it takes to be sure of it: no reason to leave it. */
export async function shortCut(call, network) {
  await network.set('both delay=20');
  await network.set('both block=udp');
  await sleep(2500);
  await network.set('both block=nothing');
  const figures = await backSince(call, Date.now(), 1000);
  await sleep(8000);
  const { protocol } = await path(call.customer);
  return [...figures, atLeast('and that over UDP', '', Number(protocol === 'udp'), 1)];
}

/** A tunnel. */
export async function outage(call, network) {
  await network.set('both delay=20');
  await network.set('both block=everything');
  await sleep(10_000);
  await network.set('both block=nothing');
  return backSince(call, Date.now(), 1000);
}

/** The customer's laptop is closed for a while. */
export async function asleep(call, network) {
  await network.set('both delay=20');
  await network.set('both block=everything');
  network.sleep();
  await sleep(20_000);
  await network.set('both block=nothing');
  network.wake();
  return backSince(call, Date.now(), 3000);
}

/** How long after `restored` each side has a picture that moves. */
async function backSince({ stylist, customer }, restored, aim) {
  const back = async (page) => {
    let began;
    const moves = async () => {
      const shown = await framesSince(page, restored);
      began = shown.find((at, n) => shown[n + 20] - at < 2000);
      return began !== undefined;
    };
    await eventually('picture', moves, 40_000).catch(() => {});
    return (began ?? Infinity) - restored;
  };
  const [atStylist, atCustomer] = await Promise.all([stylist, customer].map(back));
  return [
    atMost('picture back at the stylist after', 'ms', atStylist, aim),
    atMost('picture back at the customer after', 'ms', atCustomer, aim),
  ];
}

/** The longest time without a new frame on either side, in the `length` ms from `from` on. */
async function withoutPicture({ stylist, customer }, from, length, aim) {
  await sleep(length);
  const [atStylist, atCustomer] = await Promise.all(
    [stylist, customer].map((page) => longestGap(page, from)),
  );
  return [
    atMost('longest time without picture at the stylist', 'ms', atStylist, aim),
    atMost('longest time without picture at the customer', 'ms', atCustomer, aim),
  ];
}

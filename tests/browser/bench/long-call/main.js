// script/bench long-call: four browsers in one call for minutes, and whose fault each freeze was.
// A browser that is short of the processor freezes too; so each pause that somebody saw is held
// against what the server got and gave at that time. Ends with a failure when an aim is missed.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { clip, open } from '../../lib/browser.js';
import { mediaFlows } from '../../lib/observe.js';
import * as people from '../../lib/people.js';
import { Server } from '../../lib/server.js';
import { sleep } from '../figure.js';
import { processorSeconds } from '../server-cost.js';
import { isMissed, keepFigures, printTable } from '../table.js';
import { Arrivals, cause, freezes, longestAdded, TOO_LATE_MS } from './freezes.js';
import { picturesShown, watchPictures } from './shown.js';
import { Wire } from './wire.js';

/** Until the layers and the browsers' own measurements of the processor have settled. */
const SETTLING_MS = 20_000;

const { values } = parseArgs({
  options: { json: { type: 'string' }, minutes: { type: 'string', default: '10' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error('--minutes is a number of minutes');

const server = await Server.start();
const browsers = [];
let figures;
try {
  preferServer();
  const inCall = await callOfFour();
  await sleep(SETTLING_MS);
  const wire = await Wire.listen(server.mediaPort);
  const begun = { at: performance.now(), processor: processorSeconds(server.pid) };
  await Promise.all([...inCall.values()].map(watchPictures));
  await aMinuteAtATime();
  const length = performance.now() - begun.at;
  const processor = processorSeconds(server.pid) - begun.processor;
  const seen = await Promise.all(
    [...inCall].map(async ([name, page]) => ({ name, ...(await picturesShown(page)) })),
  );
  const missed = await wire.stop();
  figures = judge(seen, wire, length, missed);
  const share = (100_000 * processor) / length;
  figures.push({ name: 'server’s processor', unit: '% of a core', median: share });
} finally {
  await Promise.all(browsers.map((browser) => browser.close()));
  await server.stop();
}
printTable(figures);
if (values.json) keepFigures(values.json, figures, { minutes });
if (figures.some(isMissed)) process.exitCode = 1;

/**
 * Browsers raise the priority of their own threads, and here they take all of the machine: left alone, the
 * server would be served last, which is nothing that it does. A server of its own needs no such thing.
 */
function preferServer() {
  try {
    // Real-time: niceness only counts within a session, and each browser has one of its own.
    execFileSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(server.pid)]);
  } catch (error) {
    console.error(`the server has no priority over the browsers: ${error.message}`);
  }
}

/** Everybody sees everybody. @returns their pages, by their names */
async function callOfFour() {
  const stylist = await people.newStylist(server, 'Stylist');
  const booked = await people.bookByApi(server, stylist, { customer: 'Customer' });
  const desk = await people.session(server, server.staff('front_desk'));
  const links = new Map([['Customer', booked.link]]);
  for (const name of ['Family', 'Specialist']) {
    const invited = `/api/v1/appointments/${booked.appointment}/guest-links`;
    links.set(name, (await desk.post(invited, { name })).url);
  }
  const host = await opened();
  await people.signIn(host, server.url, stylist);
  await host.goto(`${server.url}/call/${booked.appointment}`);
  const pages = new Map([['Stylist', host]]);
  for (const [name, link] of links) {
    const page = await opened();
    await page.goto(link);
    await people.passDeviceCheck(page);
    if (name === 'Customer') await people.consent(page, true);
    await people.admit(host, name);
    pages.set(name, page);
  }
  for (const page of pages.values()) {
    await mediaFlows(page);
    await page.getByRole('button', { name: 'Show everybody' }).click();
  }
  return pages;
}

async function opened() {
  const browser = await open({ camera: clip('stylist', 'group') });
  browsers.push(browser);
  return browser.page;
}

async function aMinuteAtATime() {
  for (let left = minutes; left > 0; left -= 1) {
    console.error(`${left} of ${minutes} minutes to go`);
    await sleep(Math.min(left, 1) * 60_000);
  }
}

function judge(seen, wire, length, missed) {
  const causes = { server: 0, layer: 0, sender: 0, viewer: 0 };
  const [rates, longest, added, holes] = [[], [], [], []];
  for (const { name: viewer, pictures } of seen) {
    const others = seen.filter(({ name }) => name !== viewer);
    for (const { name, own } of others) {
      const picture = pictures.find((one) => one.name === name);
      const sent = picture && wire.streams.get(picture.ssrc);
      if (!sent) throw new Error(`${viewer} never saw ${name}`);
      const arrived = arrivals(wire, own);
      const found = freezes(picture.frames);
      for (const freeze of found) {
        const of = cause(freeze, arrived, sent);
        causes[of] += 1;
        if (of === 'server' || of === 'layer')
          console.error(describe(freeze, of, viewer, name, own, wire, sent));
      }
      rates.push((1000 * picture.frames.length) / length);
      longest.push(...found.map(({ lasted }) => lasted));
      added.push(longestAdded(arrived, sent));
      holes.push(sent.holes);
    }
  }
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  const ofServer = [
    { name: 'freezes that the server caused', unit: '', median: causes.server, aim: 1 },
    { name: 'packets that it never passed on', unit: '', median: sum(holes), aim: 1 },
    {
      name: 'longest pause that it added to a picture',
      unit: 'ms',
      median: Math.max(...added),
      aim: TOO_LATE_MS,
    },
  ];
  return [
    { name: 'length of the call', unit: 'min', median: length / 60_000 },
    { name: 'pictures watched', unit: '', median: rates.length },
    { name: 'frames shown, the worst picture', unit: '/s', median: Math.min(...rates) },
    ...ofServer,
    { name: 'freezes since one layer paused, and others went on', unit: '', median: causes.layer },
    { name: 'freezes since a sender’s browser paused', unit: '', median: causes.sender },
    { name: 'freezes since a viewer’s browser was late', unit: '', median: causes.viewer },
    { name: 'longest freeze of all', unit: 'ms', median: Math.max(0, ...longest) },
    { name: 'packets that the observer itself missed', unit: '', median: missed, aim: 1 },
  ];
}

/** What each layer of the camera brought around a freeze, and what was sent of it: when, in ms. */
function describe({ before, next, lasted }, of, viewer, name, own, wire, sent) {
  const [from, until] = [sent.frame(before.timestamp)?.ended, sent.frame(next.timestamp)?.ended];
  const during = ({ frames }) => {
    const at = frames.filter(({ ended }) => ended > from - 500 && ended <= until + 500);
    return at.map(({ ended }) => Math.round(ended - from)).join(' ');
  };
  const layers = own
    .map((ssrc) => wire.streams.get(ssrc))
    .filter(Boolean)
    .map(during);
  const seen = `${of}: ${name} froze at ${viewer} for ${Math.round(lasted)} ms`;
  return [seen, ...layers.map((layer) => `  came: ${layer}`), `  sent: ${during(sent)}`].join('\n');
}

/** Of the camera with these SSRCs, one of each layer. */
function arrivals(wire, ssrcs) {
  const layers = ssrcs.map((ssrc) => wire.streams.get(ssrc)?.frames ?? []);
  return new Arrivals(
    layers.map((frames) => frames.map(({ ended }) => ended).sort((a, b) => a - b)),
  );
}

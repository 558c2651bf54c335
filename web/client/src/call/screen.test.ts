import { beforeEach, expect, test, vi } from 'vitest';
import type { ClientMessage } from './protocol';
import { ScreenShare } from './screen';
import { FakeStream, FakeTrack } from './testing-media';

/** The browser's question, answered when told. */
let answer: (track: FakeTrack) => void;
let said: ClientMessage[];
let sent: unknown;
let isInCall: boolean;
let screen: ScreenShare;

beforeEach(() => {
  const getDisplayMedia = () =>
    new Promise((resolve) => (answer = (track) => resolve(new FakeStream([track]))));
  vi.stubGlobal('navigator', { mediaDevices: { getDisplayMedia } });
  said = [];
  sent = null;
  isInCall = true;
  screen = new ScreenShare({
    isInCall: () => isInCall,
    onTrack: (track) => (sent = track),
    say: (message) => said.push(message),
  });
});

async function share(): Promise<FakeTrack> {
  const track = new FakeTrack('video');
  const asked = screen.start();
  answer(track);
  await asked;
  return track;
}

const on = { type: 'screen', on: true };
const off = { type: 'screen', on: false };

test('a chosen screen is sent and told, until it is stopped', async () => {
  const track = await share();
  expect(screen.track.get()).toBe(track);
  expect(sent).toBe(track);
  screen.stop();
  expect(track.readyState).toBe('ended');
  expect(sent).toBeNull();
  expect(said).toEqual([on, off]);
});

test('the browser’s own button stops it too', async () => {
  (await share()).end();
  expect(screen.track.get()).toBeNull();
  expect(said).toEqual([on, off]);
});

test.each([
  ['the call is over', () => screen.close()],
  ['one is back in the waiting room', () => (isInCall = false)],
])('a screen that is chosen when %s is not captured', async (_, happens) => {
  const track = new FakeTrack('video');
  const asked = screen.start();
  happens();
  answer(track);
  expect(await asked).toBeNull();
  expect(track.readyState).toBe('ended');
  expect(screen.track.get()).toBeNull();
  expect(said).toEqual([]);
});

test('the end of the call stops what is shown', async () => {
  const track = await share();
  screen.close();
  expect(track.readyState).toBe('ended');
});

test('whatever is refused is not shown', async () => {
  const track = await share();
  screen.refused(undefined);
  screen.refused(7);
  expect(track.readyState).toBe('live');
  screen.refused(1);
  expect(track.readyState).toBe('ended');
});

test('a late refusal of what was stopped does not stop what was chosen since', async () => {
  await share();
  screen.stop();
  const track = await share();
  screen.refused(1);
  expect(track.readyState).toBe('live');
  expect(said).toEqual([on, off, on]);
});

test('back in the call it is told anew; a stopped one is not', async () => {
  await share();
  screen.seated();
  expect(said).toEqual([on, on]);
  screen.stop();
  screen.seated();
  expect(said).toEqual([on, on, off]);
});

test('the waiting room ends it, and being let in again does not bring it back', async () => {
  const track = await share();
  isInCall = false;
  screen.seated();
  expect(track.readyState).toBe('ended');
  isInCall = true;
  screen.seated();
  expect(screen.track.get()).toBeNull();
  expect(said).toEqual([on]);
});

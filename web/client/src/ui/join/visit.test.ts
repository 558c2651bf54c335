import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeDevices, FakeStream } from '../../call/testing-media';
import { Visit } from './visit.svelte';

const fetch = vi.fn<typeof globalThis.fetch>();
const link = (version: string) => ({
  state: 'open',
  role: 'customer',
  shop: { name: 'Closeup', phone: '', time_zone: null },
  consent: { version, granted: null, text: { zh: '', en: version } },
  server_time: '2026-06-15T12:00:00Z',
});
const answer = (status: number, body: object) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json' },
  });

let devices: FakeDevices;
let visit: Visit;

beforeEach(() => {
  devices = new FakeDevices();
  vi.stubGlobal('navigator', { mediaDevices: devices });
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('fetch', fetch);
  vi.stubGlobal('window', { isSecureContext: true });
  visit = new Visit('token');
});

afterEach(() => {
  fetch.mockReset();
  vi.unstubAllGlobals();
});

test('trying the camera again leaves a muted microphone muted', async () => {
  devices.failures.video = 'NotReadableError';
  await visit.openDevices();
  await visit.media.setMicrophone(false);
  delete devices.failures.video;
  await visit.retryDevices(['camera']);
  const { camera, microphone } = visit.media.state.get();
  expect(camera).toMatchObject({ failure: null, track: devices.newest('video') });
  expect(microphone.wanted).toBe(false);
  expect(devices.newest('audio').enabled).toBe(false);
});

test('both are asked for again in one question', async () => {
  devices.failures = { audio: 'NotAllowedError', video: 'NotAllowedError' };
  await visit.openDevices();
  devices.failures = {};
  devices.asked.length = 0;
  await visit.retryDevices(['camera', 'microphone']);
  expect(devices.asked).toHaveLength(1);
  expect(visit.media.state.get().camera.failure).toBeNull();
});

test('words that have changed are fetched, and asked about anew', async () => {
  fetch.mockResolvedValueOnce(answer(200, link('old')));
  await visit.link.refresh();
  fetch.mockResolvedValueOnce(answer(409, { code: 'consent_outdated' }));
  fetch.mockResolvedValueOnce(answer(200, link('new')));
  expect(await visit.changeConsent(true)).toBe(false);
  expect(visit.consentProblem).toBe('outdated');
  expect(visit.link.view?.consent.version).toBe('new');
});

test('a link that is closed says so, and an answer that was not kept is no closed link', async () => {
  fetch.mockImplementation(() => Promise.resolve(answer(200, link('words'))));
  await visit.link.refresh();
  fetch.mockResolvedValueOnce(answer(409, { code: 'link_closed' }));
  await visit.changeConsent(true);
  expect(visit.consentProblem).toBe('closed');
  fetch.mockResolvedValueOnce(answer(422, { code: 'invalid' }));
  await visit.changeConsent(true);
  expect(visit.consentProblem).toBe('unsaved');
  await visit.changeConsent(false);
  expect(visit.consentProblem).toBeNull();
});

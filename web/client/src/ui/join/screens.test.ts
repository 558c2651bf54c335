// What the screens of a visit say, as the markup that they begin with.
import { render } from 'svelte/server';
import { beforeEach, expect, test, vi } from 'vitest';
import type { DeviceFailure } from '../../call/devices';
import { EMPTY, type CallModel } from '../../call/model';
import type { CallSession } from '../../call/session';
import { writable } from '../../call/store';
import type { Arriving, Stall } from '../../call/uploads';
import { useLanguage } from '../../i18n/language.svelte';
import CallNotices from './CallNotices.svelte';
import Consent from './Consent.svelte';
import Ended from './Ended.svelte';
import Room from './Room.svelte';
import type { ConsentProblem, Visit } from './visit.svelte';
import WaitingRoom from './WaitingRoom.svelte';

const off = { wanted: true, opening: false, track: null, failure: null, paused: false };
type Failures = { camera?: DeviceFailure; microphone?: DeviceFailure };

function visitOf(has: { arriving?: number; failures?: Failures; problem?: ConsentProblem } = {}) {
  const { arriving = 0, failures = {}, problem = null } = has;
  const photo: Arriving = { capture: 'photo', source: 'camera' };
  return {
    link: {
      view: {
        state: 'open',
        role: 'customer',
        stylist_name: 'Mei',
        service_name: { zh: '', en: 'Colour' },
        starts_at: '2026-06-15T12:00:00Z',
        shop: { name: 'Closeup', phone: '' },
        consent: { version: '1', granted: null, text: { zh: '', en: 'Photos?' } },
      },
      refresh: () => Promise.resolve(),
    },
    media: {
      state: writable({
        camera: { ...off, failure: failures.camera ?? null },
        microphone: { ...off, failure: failures.microphone ?? null },
        cameras: [],
        microphones: [],
      }),
    },
    uploads: {
      arriving: writable(Array.from({ length: arriving }, () => photo)),
      stalled: writable<Stall | null>(null),
    },
    consentProblem: problem,
  } as unknown as Visit;
}

const modelOf = (change: Partial<CallModel> = {}): CallModel => ({
  ...EMPTY,
  connection: 'joined',
  phase: 'call',
  ...change,
});
const sessionOf = (model = modelOf()) =>
  ({
    model: writable(model),
    transport: { state: writable('connected'), slots: writable([]) },
    screen: { track: writable(null) },
    stills: { own: writable({ weak: false, by: [] }), shown: writable(new Map()) },
    processor: { relief: writable('none') },
  }) as unknown as CallSession;
const call = (visit: Visit, soundBlocked = false) =>
  render(CallNotices, {
    props: {
      visit,
      session: sessionOf(),
      model: modelOf(),
      other: undefined,
      problem: null,
      soundBlocked,
      onfocuslost: () => undefined,
    },
  }).body;
const waiting = (visit: Visit) =>
  render(WaitingRoom, {
    props: { visit, session: sessionOf(), model: modelOf({ phase: 'lobby' }), sentBack: false },
  }).body;
const room = (phase: CallModel['phase']) =>
  render(Room, { props: { visit: visitOf(), session: sessionOf(modelOf({ phase })) } }).body;

beforeEach(() => {
  useLanguage('en');
  vi.stubGlobal('navigator', { userAgent: 'iPhone' });
});

test('the ended page says to keep it open or that it may be closed, never both', () => {
  const ended = (arriving: number) =>
    render(Ended, {
      props: {
        visit: visitOf({ arriving }),
        model: modelOf({ phase: 'ended', endReason: 'ended' }),
      },
    }).body;
  expect(ended(2)).toContain('Keep this page open');
  expect(ended(2)).not.toContain('close this page');
  expect(ended(0)).toContain('close this page');
});

test.each([
  ['waiting room', waiting],
  ['call', call],
])('in the %s a device that fails has its advice and a way to try again', (_, shown) => {
  const camera = shown(visitOf({ failures: { camera: 'denied' } }));
  expect(camera).toContain('The camera is blocked');
  expect(camera).toContain('Website Settings');
  expect(camera).toContain('Try again');
  const microphone = shown(visitOf({ failures: { microphone: 'busy' } }));
  expect(microphone).toContain('Another app is using the microphone');
  expect(microphone).toContain('Close other apps');
  expect(microphone).toContain('Try again');
  expect(shown(visitOf())).not.toContain('Try again');
});

test('the press that lets the call be heard stands among what is said of it', () => {
  expect(call(visitOf(), true)).toMatch(/role="status"[^]*Tap here to hear the call/);
  expect(call(visitOf())).not.toContain('Tap here');
});

test('an answer that was not kept says what to do', () => {
  const consent = (problem: ConsentProblem) =>
    render(Consent, { props: { visit: visitOf({ problem }) } }).body;
  expect(consent('unsaved')).toContain('Check the network');
  expect(consent('outdated')).toContain('read them again');
  expect(consent('closed')).toContain('new link');
  expect(consent('closed')).not.toContain('network');
});

test('waiting room and call have a heading for the focus, and being let in is told', () => {
  expect(waiting(visitOf())).toMatch(/<h1[^>]* tabindex="-1"/);
  const heard = /<p[^>]*role="status"[^>]*>(<!--.*?-->)*You are in the call/;
  expect(room('lobby')).not.toMatch(heard);
  expect(room('call')).toMatch(heard);
  expect(room('call').match(/<h1[^>]*/g)).toEqual([expect.stringContaining('tabindex="-1"')]);
});

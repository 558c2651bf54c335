// What a page knows of its call, and how each message changes it. Pure: the same messages give the
// same model, and screens only ever read it.

import type { ConnectionStatus } from './connection';
import type {
  CallView,
  CaptureId,
  CaptureSource,
  CaptureStage,
  EndReason,
  ErrorCode,
  Figures,
  Grade,
  Joined,
  ParticipantId,
  ParticipantView,
  ServerMessage,
  SlotView,
  TrackKind,
  You,
} from './protocol';

export type Phase = 'joining' | 'lobby' | 'call' | 'ended' | 'refused' | 'superseded';

/** Instants are on this page's clock, so that a screen can count up without asking. */
export interface Person extends ParticipantView {
  waitingSince: number | null;
}

export interface Capture {
  id: CaptureId;
  target: ParticipantId;
  by: ParticipantId;
  callTimeMs: number;
  pictures: Partial<Record<CaptureSource, CaptureStage>>;
}

/** A picture of somebody: the participant's number and the kind. */
export type PictureKey = `${ParticipantId} ${TrackKind}`;
export const pictureKey = (id: ParticipantId, kind: TrackKind): PictureKey => `${id} ${kind}`;

export interface Silenced {
  kind: TrackKind;
  by: ParticipantId;
}

export interface ConnectionQuality {
  uplink: Grade;
  downlink: Grade;
  /** What the grades come from; the hosts alone are told. */
  figures: Figures;
}

export interface CallModel {
  phase: Phase;
  connection: ConnectionStatus;
  you: You | null;
  /** `null` until the first customer was admitted. */
  liveSince: number | null;
  endsAt: number | null;
  people: ReadonlyMap<ParticipantId, Person>;
  slots: readonly SlotView[];
  /** Who was in a slot last, by its `mid`: what came for them may be in it still. */
  lastIn: ReadonlyMap<string, ParticipantId>;
  /** Whose picture the call is about. */
  subject: ParticipantId | null;
  activeSpeaker: ParticipantId | null;
  speaking: ReadonlySet<ParticipantId>;
  /** Pictures that the server has paused, because the network does not carry them. */
  paused: ReadonlySet<PictureKey>;
  /** Nobody new may come in. */
  locked: boolean;
  /** What a host has turned off here, until its owner turns it on again. */
  silenced: Silenced | null;
  ahead: number | null;
  mayCapture: boolean;
  captures: readonly Capture[];
  quality: ReadonlyMap<ParticipantId, ConnectionQuality>;
  endReason: EndReason | null;
  refusal: ErrorCode | null;
}

export const EMPTY: CallModel = {
  phase: 'joining',
  connection: 'connecting',
  you: null,
  liveSince: null,
  endsAt: null,
  people: new Map(),
  slots: [],
  lastIn: new Map(),
  subject: null,
  activeSpeaker: null,
  speaking: new Set(),
  paused: new Set(),
  locked: false,
  silenced: null,
  ahead: null,
  mayCapture: false,
  captures: [],
  quality: new Map(),
  endReason: null,
  refusal: null,
};

/** A long call must not grow the page without end. */
const MAX_CAPTURES = 200;

/** `now` in milliseconds since the Unix epoch. */
export function reduce(model: CallModel, message: ServerMessage, now: number): CallModel {
  switch (message.type) {
    case 'joined':
      return joined(model, message, now);
    case 'call':
      return { ...model, ...clocks(message, now) };
    case 'participant':
      return { ...model, people: withPerson(model.people, message, now) };
    case 'gone':
      return without(model, message.id);
    case 'waiting':
      return { ...model, ahead: message.ahead };
    case 'placed':
      return placed(model, message.place);
    case 'slots':
      return { ...model, ...slotted(model, message.slots) };
    case 'subject':
      return { ...model, subject: message.participant };
    case 'active_speaker':
      return { ...model, activeSpeaker: message.participant };
    case 'speaking':
      return {
        ...model,
        speaking: withOrWithout(model.speaking, message.participant, message.speaking),
      };
    case 'receiving':
      return { ...model, paused: receiving(model.paused, message) };
    case 'locked':
      return { ...model, locked: message.locked };
    case 'silenced':
      return { ...model, silenced: { kind: message.kind, by: message.by } };
    case 'capture_started':
      return { ...model, captures: started(model.captures, message) };
    case 'capture_state':
      return { ...model, captures: advanced(model.captures, message) };
    case 'quality':
      return { ...model, quality: measured(model.quality, message) };
    case 'ended':
      return { ...model, phase: 'ended', endReason: message.reason };
    case 'error':
      return model.connection === 'joined' ? model : { ...model, refusal: message.code };
    default:
      return model;
  }
}

/** The status of the socket, which knows before any message that the call is out of reach. */
export function withConnection(model: CallModel, connection: ConnectionStatus): CallModel {
  if (connection === 'superseded') return { ...model, connection, phase: 'superseded' };
  if (connection === 'closed' && model.phase !== 'ended') {
    return { ...model, connection, phase: model.refusal ? 'refused' : 'ended' };
  }
  return { ...model, connection };
}

/** Why one is not in the call, though the server has let one in. */
export function withRefusal(model: CallModel, refusal: ErrorCode): CallModel {
  return { ...model, refusal };
}

/** Its owner has turned it on again, or off. */
export function withoutNotice(model: CallModel, kind: TrackKind): CallModel {
  return model.silenced?.kind === kind ? { ...model, silenced: null } : model;
}

function joined(model: CallModel, message: Joined, now: number): CallModel {
  const { call, you } = message;
  let people: ReadonlyMap<ParticipantId, Person> = new Map();
  for (const person of message.participants) people = withPerson(people, person, now);
  return {
    ...model,
    phase: you.place,
    you,
    ...clocks(call, now),
    people,
    ...slotted(model, message.slots),
    subject: message.subject ?? null,
    activeSpeaker: message.active_speaker ?? null,
    speaking: new Set(),
    paused: new Set(),
    locked: message.locked,
    ahead: message.waiting?.ahead ?? null,
    mayCapture: message.may_capture,
    refusal: null,
  };
}

function slotted(
  { lastIn }: CallModel,
  slots: readonly SlotView[],
): Pick<CallModel, 'slots' | 'lastIn'> {
  const now = slots.map(({ mid, participant }) => [mid, participant] as const);
  return { slots, lastIn: new Map([...lastIn, ...now]) };
}

/** The call's instants, from the server's clock to this page's. */
function clocks(call: CallView, now: number): Pick<CallModel, 'liveSince' | 'endsAt'> {
  const toLocal = (instant: number | undefined) =>
    instant === undefined ? null : instant - call.now_ms + now;
  return { liveSince: toLocal(call.live_since_ms), endsAt: toLocal(call.ends_at_ms) };
}

/** Back in the lobby one sees nobody but oneself. */
function placed(model: CallModel, place: You['place']): CallModel {
  const you = model.you && { ...model.you, place };
  if (place === 'call') return { ...model, phase: place, you, ahead: null };
  const people = new Map([...model.people].filter(([id]) => id === you?.id));
  const { subject, activeSpeaker, speaking, paused, silenced } = EMPTY;
  const nothing = { subject, activeSpeaker, speaking, paused, silenced, slots: [] };
  return { ...model, ...nothing, phase: place, you, people };
}

function withPerson(
  people: ReadonlyMap<ParticipantId, Person>,
  view: ParticipantView,
  now: number,
): ReadonlyMap<ParticipantId, Person> {
  const waitingSince = view.waiting_ms === undefined ? null : now - view.waiting_ms;
  return new Map(people).set(view.id, { ...view, waitingSince });
}

function without(model: CallModel, id: ParticipantId): CallModel {
  const people = new Map(model.people);
  people.delete(id);
  const paused = new Set([...model.paused].filter((key) => !key.startsWith(`${id} `)));
  return { ...model, people, paused, speaking: withOrWithout(model.speaking, id, false) };
}

function withOrWithout<V>(set: ReadonlySet<V>, value: V, present: boolean): ReadonlySet<V> {
  const next = new Set(set);
  if (present) next.add(value);
  else next.delete(value);
  return next;
}

function receiving(
  paused: CallModel['paused'],
  { participant, kind, layer }: Extract<ServerMessage, { type: 'receiving' }>,
): CallModel['paused'] {
  return withOrWithout(paused, pictureKey(participant, kind), layer === null);
}

function started(
  captures: readonly Capture[],
  { id, target, by, call_time_ms }: Extract<ServerMessage, { type: 'capture_started' }>,
): readonly Capture[] {
  if (captures.some((capture) => capture.id === id)) return captures;
  return [...captures, { id, target, by, callTimeMs: call_time_ms, pictures: {} }].slice(
    -MAX_CAPTURES,
  );
}

function advanced(
  captures: readonly Capture[],
  { id, source, state }: Extract<ServerMessage, { type: 'capture_state' }>,
): readonly Capture[] {
  return captures.map((capture) =>
    capture.id === id
      ? { ...capture, pictures: { ...capture.pictures, [source]: state } }
      : capture,
  );
}

function measured(
  quality: CallModel['quality'],
  message: Extract<ServerMessage, { type: 'quality' }>,
): CallModel['quality'] {
  const { participant, uplink, downlink } = message;
  return new Map(quality).set(participant, { uplink, downlink, figures: message });
}

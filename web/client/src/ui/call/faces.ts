// Who is on the screen of a group call, in which order and how large. Pure: a model in, faces out.
import { pictureKey, type CallModel, type Person, type PictureKey } from '../../call/model';
import type { PictureKind } from '../../call/tiles';
import type { ReceiveSlot } from '../../call/receive-slots';

export type Layout = 'speaker' | 'grid';

/** One tile: somebody's camera, or the screen that they show. */
export interface Face {
  key: PictureKey;
  person: Person;
  kind: PictureKind;
  own: boolean;
}

/** A narrow screen holds so many faces that can still be told apart. */
const NARROW = { below: 700, faces: 6 };
const WIDE_FACES = 20;
const ASPECT = 4 / 3;

/** More than one other, or a screen: one large picture no longer says it all. */
export function isGroup(model: CallModel): boolean {
  const others = inCall(model).filter(({ id }) => id !== model.you?.id);
  return others.length > 1 || others.some(({ screen }) => screen);
}

/** Screens first, then the others as they came, oneself last: nobody changes places by speaking. */
export function faces(model: CallModel): Face[] {
  const face = (person: Person, kind: PictureKind): Face => ({
    key: pictureKey(person.id, kind),
    person,
    kind,
    own: person.id === model.you?.id,
  });
  const people = inCall(model).sort((a, b) => a.id - b.id);
  const others = people.filter(({ id }) => id !== model.you?.id);
  const own = people.filter(({ id }) => id === model.you?.id);
  return [
    ...others.filter(({ screen }) => screen).map((person) => face(person, 'screen')),
    ...[...others, ...own].map((person) => face(person, 'video')),
  ];
}

/**
 * The large one: what was pinned, a screen, the subject, who speaks, the customer, anybody. Of two
 * customers one who is there: somebody who came back on another way may have left a seat behind.
 */
export function largest(model: CallModel, all: Face[], pinned: PictureKey | null): Face | null {
  const others = all.filter(({ own }) => !own);
  const cameraOf = (id: number | null) =>
    others.find(({ person, kind }) => kind === 'video' && person.id === id);
  const customers = others.filter(({ person }) => person.role === 'customer');
  return (
    all.find(({ key }) => key === pinned) ??
    others.find(({ kind }) => kind === 'screen') ??
    cameraOf(model.subject) ??
    cameraOf(model.activeSpeaker) ??
    customers.find(({ person }) => person.presence === 'here') ??
    customers[0] ??
    others[0] ??
    null
  );
}

/** How many faces fit on one page of a grid. */
export function pageSize(width: number): number {
  return width < NARROW.below ? NARROW.faces : WIDE_FACES;
}

/** The number of columns that shows the faces largest. */
export function columns(count: number, width: number, height: number): number {
  if (count <= 1 || width <= 0 || height <= 0) return 1;
  const size = (across: number) =>
    Math.min(width / across, (height / Math.ceil(count / across)) * ASPECT);
  const choices = Array.from({ length: count }, (_, index) => index + 1);
  return choices.reduce((best, across) => (size(across) > size(best) ? across : best), 1);
}

/**
 * The picture of whoever is in front, or is going to be. Before anybody has a slot it is the first, which
 * is the one that they will get: so it hangs in the page before anything arrives, and the first frame is
 * shown when it is decoded. Where somebody else was before, their last frame may be in it still.
 */
export function remoteOf(
  model: CallModel,
  slots: readonly ReceiveSlot[],
  person: Person | null,
): MediaStream | null {
  const received = person && streamOf(model, slots, { person, kind: 'video' });
  if (received) return received;
  const first = slots.find(({ kind }) => kind === 'video');
  if (!first) return null;
  const last = model.lastIn.get(first.mid);
  return person === null || last === undefined || last === person.id ? first.stream : null;
}

/** What is received of a face; null while it has no slot. */
export function streamOf(
  model: CallModel,
  slots: readonly ReceiveSlot[],
  { person, kind }: Pick<Face, 'person' | 'kind'>,
): MediaStream | null {
  const mid = model.slots.find((slot) => slot.participant === person.id && slot.kind === kind)?.mid;
  return slots.find((slot) => slot.mid === mid)?.stream ?? null;
}

function inCall(model: CallModel): Person[] {
  return [...model.people.values()].filter(({ place }) => place === 'call');
}

// What the browser's statistics say of pictures: how many frames of each were decoded, and how the
// camera's own go out.

export type Entry = Record<string, unknown> & { type: string };

/** The camera's m-line is the second; browsers number them in their order. */
const CAMERA_MID = '1';

/** Frames decoded so far, by the identifier of the received track. */
export function framesDecoded(entries: readonly Entry[]): ReadonlyMap<string, number> {
  const frames = new Map<string, number>();
  for (const entry of entries) {
    if (entry.type !== 'inbound-rtp' || entry.kind !== 'video') continue;
    if (typeof entry.trackIdentifier !== 'string') continue;
    frames.set(entry.trackIdentifier, number(entry.framesDecoded) ?? 0);
  }
  return frames;
}

/** How the camera's own pictures go out, and what its way is like. */
export function outgoing(all: readonly Entry[]): Outgoing {
  const layers = all.filter(
    ({ type, kind, mid = CAMERA_MID }) =>
      type === 'outbound-rtp' && kind === 'video' && mid === CAMERA_MID,
  );
  const path = pathOf(all);
  const trip = number(path?.currentRoundTripTime);
  return {
    // Layers come and go: only their sum grows as long as any of them is sent.
    framesSent: sum(layers, 'framesSent'),
    estimate: number(path?.availableOutgoingBitrate),
    roundTrip: trip === null ? null : trip * 1000,
  };
}

export interface Outgoing {
  framesSent: number;
  /** Bits per second; null where the browser does not say. */
  estimate: number | null;
  /** Milliseconds. */
  roundTrip: number | null;
}

/** Packets that came, and that did not, so far. */
export function incoming(all: readonly Entry[]): { received: number; lost: number } {
  const streams = all.filter(({ type }) => type === 'inbound-rtp');
  return { received: sum(streams, 'packetsReceived'), lost: sum(streams, 'packetsLost') };
}

/** All that came on the way in use, media or not; null where the browser does not say. */
export function bytesReceived(all: readonly Entry[]): number | null {
  return number(pathOf(all)?.bytesReceived);
}

/** The pair of addresses that media goes between; others may have been of use before. */
function pathOf(all: readonly Entry[]): Entry | undefined {
  const pairs = all.filter(({ type }) => type === 'candidate-pair');
  const chosen = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  return (
    pairs.find(({ id, selected }) => (chosen === undefined ? selected === true : id === chosen)) ??
    pairs.find(({ nominated, state }) => nominated === true && state === 'succeeded')
  );
}

function sum(entries: readonly Entry[], member: string): number {
  return entries.reduce((total, entry) => total + (number(entry[member]) ?? 0), 0);
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

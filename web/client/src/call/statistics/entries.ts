// What the browser's statistics say: how many frames of each picture came and were decoded, how the
// camera's own go out, and what the way is like.

import type { Repaired } from '../playout/delay';
import type { Received } from '../processor/frames';

export type Entry = Record<string, unknown> & { type: string };

/** The camera's m-line is the second; browsers number them in their order. */
const CAMERA_MID = '1';

/** Frames of a picture so far. */
export interface Frames {
  decoded: number;
  /** That came whole, whether there was time to decode them or not. */
  arrived: number;
}

/** By the identifier of the received track. */
export function framesOf(entries: readonly Entry[]): ReadonlyMap<string, Frames & Repaired> {
  const frames = new Map<string, Frames & Repaired>();
  for (const entry of entries) {
    if (!isReceivedPicture(entry)) continue;
    if (typeof entry.trackIdentifier !== 'string') continue;
    const decoded = number(entry.framesDecoded) ?? 0;
    frames.set(entry.trackIdentifier, {
      decoded,
      arrived: number(entry.framesReceived) ?? decoded,
      dropped: number(entry.framesDropped) ?? 0,
      asked: number(entry.nackCount) ?? 0,
    });
  }
  return frames;
}

/** Of all pictures that are received. */
export function received(all: readonly Entry[]): Received {
  const pictures = all.filter(isReceivedPicture);
  return {
    arrived: sum(pictures, 'framesReceived'),
    decoded: sum(pictures, 'framesDecoded'),
    dropped: sum(pictures, 'framesDropped'),
  };
}

/** How the camera's own pictures go out, and what its way is like. */
export function outgoing(all: readonly Entry[]): Outgoing {
  const layers = all.filter(
    ({ type, kind, mid = CAMERA_MID }) =>
      type === 'outbound-rtp' && kind === 'video' && mid === CAMERA_MID,
  );
  return {
    // Layers come and go: only their sum grows as long as any of them is sent.
    framesSent: sum(layers, 'framesSent'),
    bytesSent: number(pathOf(all)?.bytesSent),
    estimate: number(pathOf(all)?.availableOutgoingBitrate),
    loss: Math.max(0, ...losses(all)),
    roundTrip: roundTripOf(all),
  };
}

export interface Outgoing {
  framesSent: number;
  /** Of all that went on the way in use, media or not; null where the browser does not say. */
  bytesSent: number | null;
  /** Bits per second; null where the browser does not say. */
  estimate: number | null;
  /** Of what was sent lately, as the server tells: the greatest share of any stream. */
  loss: number;
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

/** Of the way in use, in milliseconds; null where the browser does not say. */
export function roundTripOf(all: readonly Entry[]): number | null {
  const trip = number(pathOf(all)?.currentRoundTripTime);
  return trip === null ? null : trip * 1000;
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

function isReceivedPicture({ type, kind }: Entry): boolean {
  return type === 'inbound-rtp' && kind === 'video';
}

function losses(all: readonly Entry[]): number[] {
  const reports = all.filter(({ type }) => type === 'remote-inbound-rtp');
  return reports.map(({ fractionLost }) => number(fractionLost) ?? 0);
}

function sum(entries: readonly Entry[], member: string): number {
  return entries.reduce((total, entry) => total + (number(entry[member]) ?? 0), 0);
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

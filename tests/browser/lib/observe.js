// What a page receives, seen from outside of the product: every peer connection is remembered from
// before the page's own code runs, and asked for its statistics.

/** Runs in the page, before anything else. `relayOnly`: its network lets it reach relays only. */
export function observe({ relayOnly }) {
  const connections = (globalThis.observedConnections = []);
  const Native = globalThis.RTCPeerConnection;
  if (!Native) return;
  const limited = (configuration) =>
    relayOnly ? { ...configuration, iceTransportPolicy: 'relay' } : configuration;
  globalThis.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(configuration) {
      super(limited(configuration));
      connections.push(this);
    }

    setConfiguration(configuration) {
      super.setConfiguration(limited(configuration));
    }
  };
}

/**
 * Sums over all that the page receives at this moment.
 * @returns {Promise<{frames: number, energy: number, level: number, width: number}>}
 */
export function received(page) {
  return page.evaluate(async () => {
    const sum = { frames: 0, energy: 0, level: 0, width: 0 };
    const open = globalThis.observedConnections.filter((one) => one.connectionState !== 'closed');
    // Firefox never answers for a connection that is closed meanwhile.
    const given = (connection) =>
      new Promise((resolve) => {
        setTimeout(resolve, 5000, new Map());
        connection.getStats().then(resolve, () => resolve(new Map()));
      });
    for (const connection of open) {
      for (const entry of (await given(connection)).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        sum.frames += entry.framesDecoded ?? 0;
        sum.energy += entry.totalAudioEnergy ?? 0;
        sum.level = Math.max(sum.level, entry.audioLevel ?? 0);
        sum.width = Math.max(sum.width, entry.frameWidth ?? 0);
      }
    }
    return sum;
  });
}

/**
 * For so long pictures may stay away, in milliseconds. Where the machine was short of the processor
 * for ten seconds, browsers think so little of their networks that they fall back to still pictures,
 * and try video again after half a minute and more.
 */
export const PATIENCE = 120_000;

/** Returns once the page decoded `more` frames from now on, and heard something if `heard`. */
export async function mediaFlows(page, { more = 10, heard = true, within = PATIENCE } = {}) {
  const before = await received(page);
  const deadline = Date.now() + within;
  let now = before;
  while (Date.now() < deadline) {
    now = await received(page);
    // A rebuilt transport counts from nothing again.
    const frames = now.frames >= before.frames ? now.frames - before.frames : now.frames;
    const energy = now.energy >= before.energy ? now.energy - before.energy : now.energy;
    if (frames >= more && (!heard || energy > 0.0005)) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no media in ${within} ms: ${JSON.stringify({ before, now })}`);
}

/**
 * The way that the page's media goes, as its browser sees it.
 * @returns {Promise<{protocol: string, kind: string, relay: string | undefined, roundTrip: number}>}
 *   the round trip in milliseconds
 */
export function path(page) {
  return page.evaluate(async () => {
    const open = globalThis.observedConnections.filter(
      (one) => one.connectionState === 'connected',
    );
    const entries = [...(await open.at(-1).getStats()).values()];
    const { selectedCandidatePairId } = entries.find(({ type }) => type === 'transport');
    const pair = entries.find(({ id }) => id === selectedCandidatePairId);
    const local = entries.find(({ id }) => id === pair.localCandidateId);
    return {
      protocol: local.protocol,
      kind: local.candidateType,
      relay: local.relayProtocol,
      roundTrip: pair.currentRoundTripTime * 1000,
      cipher: entries.find(({ type }) => type === 'transport').srtpCipher,
    };
  });
}

/**
 * How long packets of sound are in the mean, in bytes: those that the page sends, and those that it
 * gets.
 * @returns {Promise<{sent: number, received: number}>}
 */
export function soundPackets(page) {
  return page.evaluate(async () => {
    const open = globalThis.observedConnections.filter(
      (one) => one.connectionState === 'connected',
    );
    const entries = [...(await open.at(-1).getStats()).values()];
    const sum = (type, key) =>
      entries
        .filter((entry) => entry.type === type && entry.kind === 'audio')
        .reduce((total, entry) => total + (entry[key] ?? 0), 0);
    return {
      sent: sum('outbound-rtp', 'bytesSent') / sum('outbound-rtp', 'packetsSent'),
      received: sum('inbound-rtp', 'bytesReceived') / sum('inbound-rtp', 'packetsReceived'),
    };
  });
}

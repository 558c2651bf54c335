// What offers and answers say. An offer names no codec and no header extension that no test
// exercises, and has no more text than the server reads, since a call of twenty has forty lines.

export type MediaKind = 'audio' | 'video';

/** Opus, alone and with what went before it (RED); VP8 for everyone, and H.264 (constrained
 * baseline, packetization mode 1) for the Safaris without it. */
function isWanted(kind: MediaKind, { mimeType, sdpFmtpLine = '' }: RTCRtpCodec): boolean {
  if (kind === 'audio') return /\/(opus|red)$/i.test(mimeType);
  if (/\/(VP8|rtx)$/i.test(mimeType)) return true;
  const isPlainH264 = /packetization-mode=1/.test(sdpFmtpLine) && /=42[ec]0/i.test(sdpFmtpLine);
  return /\/H264$/i.test(mimeType) && isPlainH264;
}

export function preferCodecs(transceiver: RTCRtpTransceiver, kind: MediaKind): void {
  const offered = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const wanted = offered.filter((codec) => isWanted(kind, codec));
  if (wanted.length === 0 || !('setCodecPreferences' in transceiver)) return;
  try {
    transceiver.setCodecPreferences(wanted);
  } catch {
    // Older browsers refuse a partial list; the server picks from the full one.
  }
}

const EXTENSIONS = [
  'ssrc-audio-level',
  'abs-send-time',
  'transport-wide-cc',
  ':sdes:mid',
  'rtp-stream-id',
  'video-orientation',
];

/** The offer without the header extensions that the server takes no part in. */
export function compact(sdp: string): string {
  const isKept = (line: string) =>
    !line.startsWith('a=extmap:') || EXTENSIONS.some((name) => line.includes(name));
  return sdp.split('\r\n').filter(isKept).join('\r\n');
}

/** The answer without the addresses for TCP, and those (the lines are bundled: all on the first). */
export function withoutTcp(answer: string): { sdp: string; candidates: RTCIceCandidateInit[] } {
  const lines = answer.split('\r\n');
  const isTcp = (line: string) => /^a=candidate:\S+ \d+ tcp /i.test(line);
  const named = new Set(lines.filter(isTcp).map((line) => line.slice('a='.length)));
  const candidates = [...named].map((candidate) => ({ candidate, sdpMLineIndex: 0 }));
  return { sdp: lines.filter((line) => !isTcp(line)).join('\r\n'), candidates };
}

/** Of the certificate that the other side of a connection proves itself by. */
export function fingerprintOf(sdp: string | undefined): string | null {
  return /^a=fingerprint:\S+ (\S+)/m.exec(sdp ?? '')?.[1]?.toUpperCase() ?? null;
}

// What an offer says of codecs and header extensions: nothing that no test exercises, and no more
// text than the server reads, since a call of twenty has forty lines of it.

export type MediaKind = 'audio' | 'video';

/** Opus; VP8 for everyone, and H.264 (constrained baseline, packetization mode 1) for the Safaris
 * without it. */
function isWanted(kind: MediaKind, { mimeType, sdpFmtpLine = '' }: RTCRtpCodec): boolean {
  if (kind === 'audio') return /\/opus$/i.test(mimeType);
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

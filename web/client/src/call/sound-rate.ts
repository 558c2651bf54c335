// How much of a network the sound takes. Speech stays clear at a fraction of what browsers send, and
// on a network that carries hardly more than that, this is what keeps it whole.

/** As browsers send it; sparingly; or as little as leaves room for anything else where the way out
 *  carries no video. */
export type SoundShare = 'all' | 'sparing' | 'least';

/**
 * In bits per second, beside some 23,000 of headers: twenty milliseconds of sound are a packet. Where the
 * other side takes each packet twice (RED, RFC 2198) these count twice. Opus keeps to wideband for speech
 * down to 9,000.
 */
const RATES: Record<SoundShare, number | undefined> = {
  all: undefined,
  sparing: 16_000,
  least: 10_000,
};

export async function tuneSound(
  sender: RTCRtpSender | undefined,
  share: SoundShare,
): Promise<void> {
  const parameters = sender?.getParameters();
  const [encoding] = parameters?.encodings ?? [];
  const rate = RATES[share];
  if (!sender || !parameters || !encoding || encoding.maxBitrate === rate) return;
  if (rate === undefined) delete encoding.maxBitrate;
  else encoding.maxBitrate = rate;
  await sender.setParameters(parameters).catch(() => undefined);
}

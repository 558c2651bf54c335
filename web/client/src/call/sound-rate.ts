// How much of a network the sound takes. Speech stays clear at a fraction of what browsers send, and
// on a network that carries hardly more than that, this is what keeps it whole.

/** In bits per second, beside some 23,000 of headers: twenty milliseconds of sound are a packet. */
const SPARING_BPS = 16_000;

/** As browsers send it, or sparingly. */
export async function tuneSound(sender: RTCRtpSender | undefined, sparing: boolean): Promise<void> {
  const parameters = sender?.getParameters();
  const [encoding] = parameters?.encodings ?? [];
  if (!sender || !parameters || !encoding) return;
  if ((encoding.maxBitrate === SPARING_BPS) === sparing) return;
  if (sparing) encoding.maxBitrate = SPARING_BPS;
  else delete encoding.maxBitrate;
  await sender.setParameters(parameters).catch(() => undefined);
}

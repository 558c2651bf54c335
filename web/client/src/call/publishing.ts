// What this page sends: microphone, camera and screen, and how much of each. A track is replaced, and
// parameters are set, without another offer.

import { encodings, layerNames, NOTHING_TOLD, type Sending, type Source, stopgaps } from './layers';
import type { Relief } from './processor/relief';
import type { Publish, TrackKind } from './protocol';
import { preferCodecs } from './sdp';
import { type SoundShare, tuneSound } from './sound-rate';

/** How much of the camera is sent, whatever is needed: all of it, the lowest layer, or nothing. */
export type CameraShare = 'all' | 'lowest' | 'none';

/** In the order of their m-lines. */
const SENT: readonly TrackKind[] = ['audio', 'video', 'screen'];
const SCREEN = { maxBitrate: 2_500_000, maxFramerate: 15 };

export class Publishing {
  private readonly tracks: Record<TrackKind, MediaStreamTrack | null> = {
    audio: null,
    video: null,
    screen: null,
  };
  /** Null when it is over. */
  private peer: RTCPeerConnection | null = null;
  private told: Publish = NOTHING_TOLD;
  private sparing = false;
  private share: CameraShare = 'all';
  private sound: SoundShare = 'all';
  private relief: Relief = 0;
  /** What the network carries, in bits per second, where the browser says. */
  private bitrate: number | null = null;
  private stopgaps: readonly boolean[] = [];
  private tuning: Promise<void> = Promise.resolve();

  constructor(private readonly isWeak: boolean) {}

  /** The first lines of a new connection, on which goes on what went over the former. */
  addTo(peer: RTCPeerConnection): void {
    this.peer = peer;
    const { audio, video, screen } = this.tracks;
    preferCodecs(peer.addTransceiver(audio ?? 'audio', { direction: 'sendonly' }), 'audio');
    const camera = peer.addTransceiver(video ?? 'video', {
      direction: 'sendonly',
      sendEncodings: this.cameraEncodings(),
    });
    preferCodecs(camera, 'video');
    const shown = peer.addTransceiver(screen ?? 'video', {
      direction: 'sendonly',
      sendEncodings: [SCREEN],
    });
    preferCodecs(shown, 'video');
  }

  async send(kind: TrackKind, track: MediaStreamTrack | null): Promise<void> {
    this.tracks[kind] = track;
    if (!this.peer) return;
    await this.sender(kind)?.replaceTrack(track);
    if (kind !== 'audio') await this.tune();
  }

  /** What of the camera and the screen anybody needs: nothing else is encoded. */
  async publish(publish: Publish): Promise<void> {
    this.told = publish;
    await this.tune();
  }

  /** In the waiting room the camera is sent, so that being let in costs no start; but sparingly. */
  async spare(sparing: boolean): Promise<void> {
    if (this.sparing === sparing) return;
    this.sparing = sparing;
    await this.tune();
  }

  /** A network that carries hardly more than the sound is not asked for more, nor for all of that. */
  async restrain(share: CameraShare, sound: SoundShare): Promise<void> {
    if (this.share === share && this.sound === sound) return;
    [this.share, this.sound] = [share, sound];
    await this.tune();
  }

  /** A device that is short of processor encodes fewer frames. */
  async relieve(relief: Relief): Promise<void> {
    if (this.relief === relief) return;
    this.relief = relief;
    await this.tune();
  }

  /** What the network carries, in bits per second; null where the browser does not say. */
  async afford(bitrate: number | null): Promise<void> {
    this.bitrate = bitrate;
    const before = this.stopgaps.join();
    if (this.findStopgaps().join() !== before) await this.tune();
  }

  /**
   * Sets what is wanted now; each answer settles anew what there is to set. One after the other: a
   * browser refuses parameters that were read before others were set.
   */
  tune(): Promise<void> {
    if (this.peer) this.tuning = this.tuning.then(() => this.tuneNow());
    return this.tuning;
  }

  close(): void {
    this.peer = null;
  }

  private cameraEncodings(): RTCRtpEncodingParameters[] {
    const source = sourceOf(this.tracks.video);
    const names = layerNames(source, this.isWeak);
    const sending = this.sending();
    return encodings(source, Math.max(1, names.length), sending).map((encoding, layer) => {
      const rid = names[layer];
      // An inactive layer of the first offer would never be negotiated by some browsers.
      return { ...encoding, active: true, ...(rid ? { rid } : {}) };
    });
  }

  private sending(): Sending {
    const { told, share, sparing, relief } = this;
    const wanted = share === 'lowest' && told.video.includes(true) ? [true] : [];
    if (share !== 'all') return { publish: { ...told, video: wanted }, sparing, relief };
    return { publish: told, sparing, relief, stopgaps: this.findStopgaps() };
  }

  private findStopgaps(): readonly boolean[] {
    const { told, bitrate, tracks } = this;
    const count = this.sender('video')?.getParameters().encodings.length ?? 0;
    this.stopgaps =
      bitrate === null ? [] : stopgaps(sourceOf(tracks.video), count, told, bitrate, this.stopgaps);
    return this.stopgaps;
  }

  private sender(kind: TrackKind): RTCRtpSender | undefined {
    return this.peer?.getTransceivers()[SENT.indexOf(kind)]?.sender;
  }

  /** Resolution before frame rate: the stylist looks at skin, not at motion. */
  private async tuneNow(): Promise<void> {
    const { video } = this.tracks;
    const hint = this.told.subject ? 'detail' : '';
    if (video && 'contentHint' in video && video.contentHint !== hint) video.contentHint = hint;
    const sending = this.sending();
    await setParameters(this.sender('video'), (present) => {
      const wanted = encodings(sourceOf(video), present.length, sending);
      present.forEach((encoding, layer) => Object.assign(encoding, wanted[layer]));
    });
    await tuneSound(this.sender('audio'), this.sound);
    await setParameters(this.sender('screen'), (present) => {
      for (const encoding of present) encoding.active = this.told.screen;
    });
  }
}

async function setParameters(
  sender: RTCRtpSender | undefined,
  change: (encodings: RTCRtpEncodingParameters[]) => void,
): Promise<void> {
  const parameters = sender?.getParameters();
  if (!sender || !parameters || parameters.encodings.length === 0) return;
  change(parameters.encodings);
  parameters.degradationPreference = 'maintain-resolution';
  await sender.setParameters(parameters).catch(() => undefined);
}

function sourceOf(track: MediaStreamTrack | null): Source | null {
  const { width, height } = track?.getSettings() ?? {};
  return width && height ? { width, height } : null;
}

// Stand-ins for what a browser gives of cameras, microphones and peer connections, as far as the
// specifications say how these behave.

export class FakeTrack {
  readyState: MediaStreamTrackState = 'live';
  muted = false;
  enabled = true;
  onended: (() => void) | null = null;
  onmute: (() => void) | null = null;
  onunmute: (() => void) | null = null;

  constructor(
    readonly kind: 'audio' | 'video',
    private readonly settings: MediaTrackSettings = {},
  ) {}

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  /** By the page: no event is fired (Media Capture and Streams, 4.3.1). */
  stop(): void {
    this.readyState = 'ended';
  }

  /** By the system: unplugged, or taken by a phone call. */
  end(): void {
    this.readyState = 'ended';
    this.onended?.();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    (muted ? this.onmute : this.onunmute)?.();
  }
}

export class FakeStream {
  constructor(private readonly tracks: FakeTrack[] = []) {}
  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === 'video');
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === 'audio');
}

/** Devices that can be taken away and given back. */
export class FakeDevices {
  asked: MediaStreamConstraints[] = [];
  given: FakeTrack[] = [];
  /** The name of the error that a device answers with; without one it works. */
  failures: { audio?: string; video?: string } = {};
  /** While the question stands on the screen nothing is given. */
  answered: Promise<void> = Promise.resolve();
  private listeners = new Set<() => void>();

  getUserMedia = async (wanted: MediaStreamConstraints): Promise<FakeStream> => {
    this.asked.push(wanted);
    await this.answered;
    const kinds = (['audio', 'video'] as const).filter((kind) => wanted[kind]);
    const failing = kinds.map((kind) => this.failures[kind]).find(Boolean);
    if (failing) throw Object.assign(new Error(failing), { name: failing });
    const tracks = kinds.map((kind) => new FakeTrack(kind, this.settingsOf(wanted[kind])));
    this.given.push(...tracks);
    return new FakeStream(tracks);
  };

  enumerateDevices = async () => [
    { kind: 'videoinput', deviceId: 'front' },
    { kind: 'videoinput', deviceId: 'back' },
    { kind: 'audioinput', deviceId: 'microphone' },
  ];

  addEventListener = (_: string, listener: () => void) => void this.listeners.add(listener);
  removeEventListener = (_: string, listener: () => void) => void this.listeners.delete(listener);

  change(): void {
    for (const listener of this.listeners) listener();
  }

  /** The one that was given last. */
  newest(kind: 'audio' | 'video'): FakeTrack {
    return this.given.filter((track) => track.kind === kind).at(-1)!;
  }

  private settingsOf(wanted: boolean | MediaTrackConstraints | undefined): MediaTrackSettings {
    if (typeof wanted !== 'object') return {};
    const exact = (wanted.deviceId as { exact?: string } | undefined)?.exact;
    return { deviceId: exact ?? 'front' };
  }
}

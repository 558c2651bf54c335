// The participant's own camera and microphone: opening them, choosing others, and getting them back
// when the system takes them away (a phone call on iOS, an unplugged webcam).

import { realTimers, type Timers } from './platform';
import type { TrackKind } from './protocol';
import { writable, type Readable } from './store';

/** Why a device gives nothing. Each has its own advice on the page. */
export type DeviceFailure = 'denied' | 'missing' | 'busy' | 'unplugged' | 'insecure' | 'unknown';
export type Facing = 'user' | 'environment';

export interface DeviceState {
  /** What the person wants; `track` says what there is. */
  wanted: boolean;
  opening: boolean;
  track: MediaStreamTrack | null;
  failure: DeviceFailure | null;
  /** The system paused it (another app, a locked screen); the track lives. */
  paused: boolean;
}

export interface LocalMediaState {
  camera: DeviceState;
  microphone: DeviceState;
  cameras: MediaDeviceInfo[];
  microphones: MediaDeviceInfo[];
  facing: Facing;
}

export interface LocalMediaOptions {
  devices?: MediaDevices | undefined;
  timers?: Timers;
  facing?: Facing;
}

const OFF: DeviceState = {
  wanted: false,
  opening: false,
  track: null,
  failure: null,
  paused: false,
};
const PAUSE_PATIENCE_MS = 1500;
/** Full HD, because snapshots are taken from this very track. */
const CAMERA = {
  width: { ideal: 1920 },
  height: { ideal: 1080 },
  frameRate: { ideal: 30, max: 30 },
};
const MICROPHONE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

type Slot = 'camera' | 'microphone';
const kindOf = (slot: Slot): TrackKind => (slot === 'camera' ? 'video' : 'audio');

export class LocalMedia {
  readonly state: Readable<LocalMediaState>;
  /** Told whenever the track to send changes; null while there is none. */
  onTrack: (kind: TrackKind, track: MediaStreamTrack | null) => void = () => undefined;
  private readonly store;
  private readonly devices: MediaDevices | undefined;
  private readonly timers: Timers;
  private chosen: Record<Slot, string | null> = { camera: null, microphone: null };
  private generation: Record<Slot, number> = { camera: 0, microphone: 0 };
  private readonly onDeviceChange = () => void this.devicesChanged();

  constructor(options: LocalMediaOptions = {}) {
    this.devices = 'devices' in options ? options.devices : navigator.mediaDevices;
    this.timers = options.timers ?? realTimers;
    this.store = writable<LocalMediaState>({
      camera: OFF,
      microphone: OFF,
      cameras: [],
      microphones: [],
      facing: options.facing ?? 'user',
    });
    this.state = this.store;
  }

  /** Asks for both in one question; when that fails, for each alone, so that sound can go without picture. */
  async open(): Promise<void> {
    this.devices?.addEventListener?.('devicechange', this.onDeviceChange);
    this.patch('camera', { wanted: true });
    this.patch('microphone', { wanted: true });
    const isAwaited = { camera: this.begin('camera'), microphone: this.begin('microphone') };
    const both = await this.ask({
      video: this.constraints('camera'),
      audio: this.constraints('microphone'),
    });
    if (both instanceof MediaStream) {
      this.take('camera', both.getVideoTracks()[0] ?? null, isAwaited.camera);
      this.take('microphone', both.getAudioTracks()[0] ?? null, isAwaited.microphone);
    } else {
      if (isAwaited.microphone()) await this.acquire('microphone');
      if (isAwaited.camera()) await this.acquire('camera');
    }
    await this.refreshList();
  }

  /** Asks once more for one that gives nothing. A microphone that is muted stays so. */
  async retry(slot: Slot): Promise<void> {
    if (slot === 'camera') this.patch(slot, { wanted: true });
    await this.acquire(slot);
    await this.refreshList();
  }

  /** The camera is truly released when turned off, so that its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    this.patch('camera', { wanted: on });
    if (!on) return this.release('camera');
    if (!isLive(this.get('camera').track)) await this.acquire('camera');
  }

  /** A muted microphone stays open: unmuting must not cost the first word. */
  async setMicrophone(on: boolean): Promise<void> {
    this.patch('microphone', { wanted: on });
    const { track, opening } = this.get('microphone');
    if (track && isLive(track)) track.enabled = on;
    else if (on && !opening) await this.acquire('microphone');
  }

  async choose(slot: Slot, deviceId: string): Promise<void> {
    this.chosen[slot] = deviceId;
    await this.reopen(slot);
  }

  /** Front to back and back again on phones; the next camera on a desk. */
  async switchCamera(): Promise<void> {
    const { cameras, facing, camera } = this.store.get();
    const settings = camera.track?.getSettings();
    if (settings?.facingMode) {
      this.chosen.camera = null;
      this.store.update((state) => ({
        ...state,
        facing: facing === 'user' ? 'environment' : 'user',
      }));
    } else {
      const at = cameras.findIndex((device) => device.deviceId === settings?.deviceId);
      this.chosen.camera = cameras[(at + 1) % cameras.length]?.deviceId ?? null;
    }
    await this.reopen('camera');
  }

  /** The page came to the front again: whatever the system took meanwhile is asked for anew. */
  async wake(): Promise<void> {
    for (const slot of ['microphone', 'camera'] as const) {
      const { wanted, track, opening, failure } = this.get(slot);
      if (!wanted || opening || failure === 'denied') continue;
      if (!isLive(track)) await this.acquire(slot);
      else if (track.muted) this.reacquireIfStillPaused(slot, track);
    }
  }

  close(): void {
    this.devices?.removeEventListener?.('devicechange', this.onDeviceChange);
    for (const slot of ['camera', 'microphone'] as const) {
      this.patch(slot, { wanted: false });
      this.release(slot);
    }
  }

  private async reopen(slot: Slot): Promise<void> {
    const { wanted, track } = this.get(slot);
    // What is off stays off; the choice is for when it is turned on.
    if (!wanted && !track) return;
    // Phones refuse the second camera while the first is open.
    this.stop(slot);
    await this.acquire(slot);
    await this.refreshList();
  }

  private async acquire(slot: Slot): Promise<void> {
    const isAwaited = this.begin(slot);
    const asked = await this.ask({ [kindOf(slot)]: this.constraints(slot) });
    if (asked instanceof MediaStream) this.take(slot, asked.getTracks()[0] ?? null, isAwaited);
    else if (isAwaited()) this.fail(slot, asked);
  }

  /** The question may stay open for long: whether its answer is still awaited when it comes. */
  private begin(slot: Slot): () => boolean {
    this.generation[slot] += 1;
    const generation = this.generation[slot];
    this.patch(slot, { opening: true, failure: null });
    return () => generation === this.generation[slot];
  }

  private take(slot: Slot, track: MediaStreamTrack | null, isAwaited: () => boolean): void {
    if (isAwaited()) this.adopt(slot, track);
    else track?.stop();
  }

  private async ask(constraints: MediaStreamConstraints): Promise<MediaStream | DeviceFailure> {
    if (!this.devices?.getUserMedia) return 'insecure';
    try {
      return await this.devices.getUserMedia(constraints);
    } catch (error) {
      return failureOf(error);
    }
  }

  private adopt(slot: Slot, track: MediaStreamTrack | null): void {
    if (!track) return this.fail(slot, 'missing');
    this.stop(slot);
    if (slot === 'microphone') track.enabled = this.get(slot).wanted;
    track.onended = () => void this.ended(slot, track);
    track.onmute = () => this.pausedBySystem(slot, track);
    track.onunmute = () => this.get(slot).track === track && this.patch(slot, { paused: false });
    this.patch(slot, { track, opening: false, failure: null, paused: track.muted });
    this.onTrack(kindOf(slot), track);
  }

  private fail(slot: Slot, failure: DeviceFailure): void {
    this.stop(slot);
    this.patch(slot, { track: null, opening: false, failure, paused: false });
    this.onTrack(kindOf(slot), null);
  }

  private async ended(slot: Slot, track: MediaStreamTrack): Promise<void> {
    if (this.get(slot).track !== track || !this.get(slot).wanted) return;
    this.chosen[slot] = null;
    this.fail(slot, 'unplugged');
    await this.refreshList();
    if (!this.get(slot).wanted) return;
    await this.acquire(slot);
    if (this.get(slot).failure === 'missing') this.patch(slot, { failure: 'unplugged' });
  }

  private pausedBySystem(slot: Slot, track: MediaStreamTrack): void {
    if (this.get(slot).track !== track) return;
    this.patch(slot, { paused: true });
    this.reacquireIfStillPaused(slot, track);
  }

  /** Some iOS versions never unmute a track by themselves. */
  private reacquireIfStillPaused(slot: Slot, track: MediaStreamTrack): void {
    this.timers.after(PAUSE_PATIENCE_MS, () => {
      const present = this.get(slot);
      const hidden = typeof document !== 'undefined' && document.visibilityState === 'hidden';
      if (present.track === track && track.muted && present.wanted && !hidden)
        void this.reopen(slot);
    });
  }

  private async devicesChanged(): Promise<void> {
    await this.refreshList();
    for (const slot of ['microphone', 'camera'] as const) {
      const { wanted, failure, opening } = this.get(slot);
      if (wanted && !opening && (failure === 'missing' || failure === 'unplugged'))
        await this.acquire(slot);
    }
  }

  private async refreshList(): Promise<void> {
    const all = (await this.devices?.enumerateDevices().catch(() => [])) ?? [];
    const cameras = all.filter(({ kind }) => kind === 'videoinput');
    const microphones = all.filter(({ kind }) => kind === 'audioinput');
    this.store.update((state) => ({ ...state, cameras, microphones }));
  }

  private constraints(slot: Slot): MediaTrackConstraints {
    const deviceId = this.chosen[slot];
    const base = slot === 'camera' ? CAMERA : MICROPHONE;
    if (deviceId) return { ...base, deviceId: { exact: deviceId } };
    return slot === 'camera' ? { ...base, facingMode: { ideal: this.store.get().facing } } : base;
  }

  private release(slot: Slot): void {
    this.generation[slot] += 1;
    this.stop(slot);
    this.patch(slot, { track: null, opening: false, paused: false });
    this.onTrack(kindOf(slot), null);
  }

  private stop(slot: Slot): void {
    const { track } = this.get(slot);
    if (!track) return;
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }

  private get(slot: Slot): DeviceState {
    return this.store.get()[slot];
  }

  private patch(slot: Slot, change: Partial<DeviceState>): void {
    this.store.update((state) => ({ ...state, [slot]: { ...state[slot], ...change } }));
  }
}

function isLive(track: MediaStreamTrack | null): track is MediaStreamTrack {
  return track?.readyState === 'live';
}

/** The names are those of the Media Capture specification and of older browsers. */
export function failureOf(error: unknown): DeviceFailure {
  switch ((error as { name?: string } | null)?.name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}

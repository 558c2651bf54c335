// Small sounds made on the spot, and how loud a microphone is. One audio context for the page,
// because phones allow few, and only start one in a gesture.

let shared: AudioContext | null = null;

function context(): AudioContext | null {
  if (typeof AudioContext === 'undefined') return null;
  shared ??= new AudioContext();
  if (shared.state === 'suspended') void shared.resume().catch(() => undefined);
  return shared;
}

/** Call it in a press or tap, so that later sounds are allowed. */
export function allowSound(): void {
  context();
}

/** Three rising notes, long enough to turn up the volume. Resolves when the last has faded. */
export function playTestTone(): Promise<void> {
  const audio = context();
  if (!audio) return Promise.resolve();
  const notes = [523.25, 659.25, 783.99];
  notes.forEach((frequency, index) => note(audio, frequency, audio.currentTime + index * 0.28));
  return new Promise((resolve) => setTimeout(resolve, notes.length * 280 + 250));
}

/** The two clacks of a mirror: short filtered noise. */
export function playShutter(): void {
  const audio = context();
  if (!audio) return;
  clack(audio, audio.currentTime, 0.5);
  clack(audio, audio.currentTime + 0.09, 0.35);
}

/** Two soft notes: somebody came into the waiting room. */
export function playArrival(): void {
  const audio = context();
  if (!audio) return;
  note(audio, 659.25, audio.currentTime);
  note(audio, 880, audio.currentTime + 0.18);
}

/** Tells from 0 (silence) to 1 (loud) about 20 times a second. Returns how to stop. */
export function watchLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const audio = context();
  if (!audio) return () => undefined;
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(samples));
  }, 50);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}

/** Loudness on a scale that the eye finds even: −60 dB and below is 0, −10 dB and above is 1. */
export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power + 1e-9);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}

function note(audio: AudioContext, frequency: number, at: number): void {
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.45);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.5);
}

function clack(audio: AudioContext, at: number, volume: number): void {
  const length = Math.round(audio.sampleRate * 0.05);
  const buffer = audio.createBuffer(1, length, audio.sampleRate);
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < length; i += 1) samples[i] = (Math.random() * 2 - 1) * (1 - i / length) ** 4;
  const source = audio.createBufferSource();
  source.buffer = buffer;
  const filter = audio.createBiquadFilter();
  filter.type = 'bandpass';
  filter.frequency.value = 2600;
  const gain = audio.createGain();
  gain.gain.value = volume;
  source.connect(filter).connect(gain).connect(audio.destination);
  source.start(at);
}

// What is to be said of camera and microphone when they give nothing.
import type { DeviceFailure, LocalMediaState } from '../../call/devices';

export type Device = 'camera' | 'microphone';
export type Failed = {
  device: Device;
  failure: DeviceFailure;
  /** What to ask for again: one browser's block of both is told, and mended, as one. */
  devices: Device[];
};

/** Of what is turned off on purpose nothing is said. */
export function failuresOf(
  media: Record<Device, Pick<LocalMediaState[Device], 'wanted' | 'failure'>>,
): Failed[] {
  const failed = (['camera', 'microphone'] as const).flatMap((device): Failed[] => {
    const { wanted, failure } = media[device];
    return wanted && failure ? [{ device, failure, devices: [device] }] : [];
  });
  const [first] = failed;
  const blocked = failed.length === 2 && failed.every(({ failure }) => failure === 'denied');
  return first && blocked ? [{ ...first, devices: ['camera', 'microphone'] }] : failed;
}

import { beforeEach, expect, test, vi } from 'vitest';
import { pictureOfCamera, pictureOfScreen, type Picture } from './capture';
import { Capturing } from './capturing';
import type { CaptureId, ClientMessage } from './protocol';
import { settle } from './testing';
import type { UploadQueue } from './uploads';

vi.mock('./capture', () => ({ pictureOfCamera: vi.fn(), pictureOfScreen: vi.fn() }));

const PICTURE = { blob: new Blob(['p']), width: 1, height: 1 };
let said: ClientMessage[];
let lost: CaptureId[];
let added: { id: CaptureId; source: string; picture: Picture }[];
let isReachable: boolean;
let camera: MediaStreamTrack | null;
let capturing: Capturing;
const screen = {} as HTMLVideoElement;
const ask = () => capturing.ask(2, screen)!;
const details = () =>
  said.flatMap((message) => (message.type === 'capture_state' ? [message.detail] : []));

beforeEach(() => {
  vi.mocked(pictureOfScreen).mockResolvedValue(PICTURE);
  vi.mocked(pictureOfCamera).mockResolvedValue(PICTURE);
  said = [];
  lost = [];
  added = [];
  isReachable = true;
  camera = {} as MediaStreamTrack;
  capturing = new Capturing({
    uploads: {
      uplinkBps: null,
      onStage: () => undefined,
      add: async (id: CaptureId, source: string, picture: Picture) =>
        void added.push({ id, source, picture }),
    } as unknown as UploadQueue,
    camera: () => camera,
    roundTripMs: () => null,
    say: (message) => (isReachable ? said.push(message) : null),
    onLost: (id) => void lost.push(id),
  });
});

test('what the screen showed is sent once the server knows of the capture, and once only', async () => {
  const id = ask();
  expect(said).toEqual([{ type: 'capture', id, target: 2 }]);
  await settle();
  expect(added).toEqual([]);
  await capturing.started(id);
  await capturing.started(id);
  expect(added).toEqual([{ id, source: 'received', picture: PICTURE }]);
});

test('out of reach nothing is asked for', () => {
  isReachable = false;
  expect(capturing.ask(2, screen)).toBeNull();
});

test('a refusal names its capture, whose picture is let go', async () => {
  const [first, second] = [ask(), ask()];
  expect(capturing.refused(2)).toBe(second);
  expect(capturing.refused(2)).toBeNull();
  expect(capturing.refused(undefined)).toBeNull();
  await capturing.started(second);
  expect(added).toEqual([]);
  await capturing.started(first);
  expect(added).toHaveLength(1);
});

test('what has begun is refused no more', async () => {
  await capturing.started(ask());
  expect(capturing.refused(1)).toBeNull();
});

test('what a lost socket did not answer is given up, and said to be', async () => {
  const [answered, unanswered] = [ask(), ask()];
  await capturing.started(answered);
  capturing.rejoined();
  expect(lost).toEqual([unanswered]);
  await capturing.started(unanswered);
  expect(added.map(({ id }) => id)).toEqual([answered]);
  capturing.rejoined();
  expect(lost).toHaveLength(1);
});

test('one’s own camera’s picture is taken when it is wanted', async () => {
  await capturing.requested('c');
  expect(added).toEqual([{ id: 'c', source: 'camera', picture: PICTURE }]);
  expect(said).toEqual([{ type: 'capture_state', id: 'c', source: 'camera', state: 'grabbed' }]);
});

test('a camera that is off is said to be', async () => {
  camera = null;
  await capturing.requested('c');
  expect(details()).toEqual(['Error: the camera is off']);
});

test('a reason is cut to the bytes that the protocol takes, between characters', async () => {
  vi.mocked(pictureOfCamera).mockRejectedValue('摄像头📷'.repeat(20));
  await capturing.requested('c');
  const [detail] = details();
  // Fifteen times thirteen bytes, and one more character of three.
  expect(detail).toBe('摄像头📷'.repeat(15) + '摄');
  expect(new TextEncoder().encode(detail).length).toBeLessThanOrEqual(200);
});

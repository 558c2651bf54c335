// Pictures that the server has not acknowledged yet, kept in IndexedDB so that a reload, a crash or a
// flat battery loses none.

import type { CaptureId, CaptureSource } from './protocol';

export interface StoredPicture {
  /** `${capture}:${source}`: there is one picture of each source in a capture. */
  key: string;
  capture: CaptureId;
  source: CaptureSource;
  bytes: ArrayBuffer;
  contentType: string;
  sha256: string;
  width: number;
  height: number;
  /** The customer's link token; null where a session cookie speaks for the page. */
  link: string | null;
  takenAt: number;
}

export interface PictureStore {
  put(picture: StoredPicture): Promise<void>;
  all(): Promise<StoredPicture[]>;
  remove(key: string): Promise<void>;
}

const DATABASE = 'closeup';
const STORE = 'pictures';

/** Falls back to memory where the browser keeps nothing (private windows, storage full). */
export async function openPictureStore(factory: IDBFactory | undefined): Promise<PictureStore> {
  try {
    if (!factory) return memoryStore();
    return indexedStore(await openDatabase(factory));
  } catch {
    return memoryStore();
  }
}

export function memoryStore(): PictureStore {
  const pictures = new Map<string, StoredPicture>();
  return {
    put: async (picture) => void pictures.set(picture.key, picture),
    all: async () => [...pictures.values()],
    remove: async (key) => void pictures.delete(key),
  };
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'key' });
  return settled(request);
}

function indexedStore(database: IDBDatabase): PictureStore {
  return {
    async put(picture) {
      const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' });
      transaction.objectStore(STORE).put(picture);
      await committed(transaction);
    },
    async all() {
      const request = database.transaction(STORE).objectStore(STORE).getAll();
      const pictures = (await settled(request)) as StoredPicture[];
      return pictures.sort((a, b) => a.takenAt - b.takenAt);
    },
    async remove(key) {
      const transaction = database.transaction(STORE, 'readwrite');
      transaction.objectStore(STORE).delete(key);
      await committed(transaction);
    },
  };
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's storage failed"));
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () =>
      reject(transaction.error ?? new Error("the browser's storage failed"));
  });
}

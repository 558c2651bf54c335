// Stand-ins for a browser's surroundings: time that moves when told, storage in memory.
import type { KeyValueStore, Timers } from './platform';
import type { ClientFrame, Joined, ParticipantView, ServerMessage } from './protocol';
import type { SocketLike } from './socket';

export class FakeTimers implements Timers {
  private at = 0;
  private pending: { due: number; run: () => void }[] = [];

  now = () => this.at;
  random = () => 0.5;

  after(milliseconds: number, run: () => void): () => void {
    const entry = { due: this.at + milliseconds, run };
    this.pending.push(entry);
    return () => {
      this.pending = this.pending.filter((other) => other !== entry);
    };
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.at + milliseconds;
    for (;;) {
      await settle();
      const next = this.pending.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.pending = this.pending.filter((other) => other !== next);
      this.at = next.due;
      next.run();
    }
    this.at = end;
  }
}

/** Lets everything that is ready run, promises of native storage and hashing included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

export function memoryKeyValue(): KeyValueStore & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

export class FakeSocket implements SocketLike {
  readyState = 0;
  sent: ClientFrame[] = [];
  closed = false;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;

  send(data: string): void {
    this.sent.push(JSON.parse(data) as ClientFrame);
  }

  close(): void {
    this.closed = true;
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.({} as Event);
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }

  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code } as CloseEvent);
  }
}

export function person(change: Partial<ParticipantView> = {}): ParticipantView {
  return {
    id: 1,
    role: 'customer',
    name: 'Lin',
    place: 'lobby',
    presence: 'here',
    audio: true,
    video: true,
    may_be_captured: true,
    ...change,
  };
}

export function welcome(change: Partial<Joined> = {}): ServerMessage {
  return {
    type: 'joined',
    version: 1,
    you: { id: 1, role: 'customer', name: 'Lin', place: 'lobby' },
    call: { id: 'call', state: 'open', now_ms: 5_000_000 },
    participants: [person()],
    resume: 'token',
    slots: [],
    waiting: { ahead: 1 },
    locked: false,
    may_capture: false,
    heartbeat_s: 5,
    ...change,
  };
}

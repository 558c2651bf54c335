// The signaling socket: joins, answers heartbeats, and comes back by itself. It keeps a resume token
// in the store it is given, so that a reload of the page finds its place again.

import { NEXT_ATTEMPT_MS, RECONNECT, retryDelay } from './backoff';
import { realTimers, type KeyValueStore, type Timers } from './platform';
import {
  CLOSE_CODES,
  type ClientFrame,
  type Join,
  type Joined,
  type ServerMessage,
} from './protocol';
import { defaultSocket, discard, parse, type SocketLike } from './socket';

/** `superseded`: the same seat was taken by another page of the same person. */
export type ConnectionStatus = 'connecting' | 'joined' | 'reconnecting' | 'superseded' | 'closed';

export interface ConnectionOptions {
  url: string;
  store: KeyValueStore;
  storeKey: string;
  /** What to join with; asked anew for each attempt, because each carries a fresh offer. */
  join(): Promise<Join>;
  onMessage(message: ServerMessage): void;
  onStatus(status: ConnectionStatus): void;
  /** Is the call heard on another way? Then a slow answer is no lost network. */
  isHeard?: () => boolean;
  openSocket?: (url: string) => SocketLike;
  timers?: Timers;
}

/** Refusals that no retry can mend; the page says what to do instead. */
const FINAL: ReadonlySet<string> = new Set([
  'link_invalid',
  'too_early',
  'too_late',
  'cancelled',
  'moved',
  'ended',
  'forbidden',
  'unsupported_version',
  'room_full',
  'locked',
]);
const PONG_PATIENCE_MS = 2500;
/** Where there is a reason to doubt: three times a slow round trip. */
const DOUBT_PATIENCE_MS = 900;
/** So many times as long while the call is heard. */
const PATIENCE_WHILE_HEARD = 4;
const JOIN_PATIENCE_MS = 6000;
const MOST_AT_ONCE = 4;
const OPEN = 1;

export class Connection {
  private socket: SocketLike | null = null;
  private joined = false;
  private closed = false;
  private everJoined = false;
  private candidates: SocketLike[] = [];
  /** An offer is made once and waits for whichever socket opens first. */
  private prepared: Promise<Join> | null = null;
  private failures = 0;
  private heartbeatMs = 5000;
  private cancelTimers: (() => void)[] = [];
  private cancelPong: (() => void) | null = null;
  private readonly timers: Timers;

  constructor(private readonly options: ConnectionOptions) {
    this.timers = options.timers ?? realTimers;
  }

  start(): void {
    this.options.onStatus('connecting');
    this.open();
  }

  /** False when there is no call to say it to; what must not be lost is said again on rejoining. */
  send(message: ClientFrame): boolean {
    if (!this.joined || this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** The network or the page came back: do not sit out the wait, and doubt a socket that looks alive. */
  wake(): void {
    if (this.closed) return;
    if (this.joined) this.ping();
    else if (this.socket?.readyState !== OPEN) this.retryNow();
  }

  /** Nothing else comes from the server any more: is the socket dead too? */
  doubt(): void {
    if (this.joined) this.ping(DOUBT_PATIENCE_MS);
  }

  /** The socket belongs to a network that is gone, whatever it says itself. */
  reopen(): void {
    if (this.closed) return;
    this.options.onStatus(this.everJoined ? 'reconnecting' : 'connecting');
    // It may be the offer of a path that is gone, too.
    this.prepared = null;
    this.retryNow();
  }

  /** Ends it for good. The resume token goes too, because the place was given up. */
  close(): void {
    this.closed = true;
    this.options.store.removeItem(this.options.storeKey);
    this.drop();
    this.options.onStatus('closed');
  }

  /** Lets go of the socket but keeps the token: the page is going away and may come back. */
  detach(): void {
    this.closed = true;
    this.drop();
  }

  private open(): void {
    this.drop();
    this.attempt();
  }

  /**
   * A dead network swallows an attempt whole, a slow one takes long to answer. So each is followed by
   * another before it is given up, and the first that opens is taken.
   */
  private attempt(): void {
    const socket = (this.options.openSocket ?? defaultSocket)(this.options.url);
    this.candidates.push(socket);
    if (this.candidates.length > MOST_AT_ONCE) discard(this.candidates.shift());
    this.prepared ??= this.prepare();
    socket.onopen = () => this.choose(socket);
    socket.onclose = () => this.failed(socket);
    this.later(NEXT_ATTEMPT_MS, () => this.attempt());
  }

  private prepare(): Promise<Join> {
    const join = this.options.join();
    join.catch(() => {
      if (this.prepared !== join) return;
      // Kept, it would fail each attempt to come.
      this.prepared = null;
      this.lost();
    });
    return join;
  }

  private failed(socket: SocketLike): void {
    this.candidates = this.candidates.filter((other) => other !== socket);
    if (this.candidates.length === 0) this.lost();
  }

  private choose(socket: SocketLike): void {
    this.cancelAll();
    this.candidates.filter((other) => other !== socket).forEach(discard);
    this.candidates = [];
    this.socket = socket;
    socket.onmessage = (event) => this.receive(event);
    socket.onclose = (event) => this.shut(event.code);
    this.later(JOIN_PATIENCE_MS, () => this.lost());
    const join = this.prepared ?? this.options.join();
    this.prepared = null;
    void join
      .then((message) => this.sayJoin(socket, message))
      .catch(() => this.socket === socket && this.lost());
  }

  private sayJoin(socket: SocketLike, message: Join): void {
    if (this.socket !== socket || socket.readyState !== OPEN) return;
    const resume = this.options.store.getItem(this.options.storeKey);
    const frame: ClientFrame = { type: 'join', ...message, ...(resume ? { resume } : {}) };
    socket.send(JSON.stringify(frame));
  }

  private receive(event: MessageEvent): void {
    const message = parse(event.data);
    if (!message) return;
    this.cancelPong?.();
    this.cancelPong = null;
    const answersJoin = !this.joined;
    if (message.type === 'joined') this.enter(message);
    // Told before the socket is given up, so that the reason is known when the end is.
    this.options.onMessage(message);
    if (message.type === 'error' && answersJoin) this.refused(message.code);
    if (message.type === 'ended') this.finish();
  }

  private enter(message: Joined): void {
    this.cancelAll();
    this.joined = true;
    this.everJoined = true;
    this.failures = 0;
    this.heartbeatMs = message.heartbeat_s * 1000;
    this.options.store.setItem(this.options.storeKey, message.resume);
    this.options.onStatus('joined');
    this.beat();
  }

  /** An answer to `join` that is no welcome. What passes costs nobody the seat: the token stays. */
  private refused(code: string): void {
    if (FINAL.has(code)) this.finish();
    else this.lost();
  }

  private finish(): void {
    this.closed = true;
    this.options.store.removeItem(this.options.storeKey);
    this.drop();
    this.options.onStatus('closed');
  }

  private beat(): void {
    this.later(this.heartbeatMs, () => {
      this.ping();
      this.beat();
    });
  }

  private ping(patience = PONG_PATIENCE_MS): void {
    if (!this.send({ type: 'ping' })) return;
    // Whatever waits for an answer already does not wait longer for this one.
    if (this.cancelPong && patience >= PONG_PATIENCE_MS) return;
    this.cancelPong?.();
    this.awaitPong(patience, patience < PONG_PATIENCE_MS ? 1 : PATIENCE_WHILE_HEARD);
  }

  private awaitPong(patience: number, times: number): void {
    this.cancelPong = this.timers.after(patience, () => {
      if (times > 1 && this.options.isHeard?.()) this.awaitPong(patience, times - 1);
      else this.lost();
    });
  }

  private shut(code: number): void {
    if (code === CLOSE_CODES.superseded.code) {
      this.detach();
      this.options.onStatus('superseded');
    } else if (code === CLOSE_CODES.removed.code || code === CLOSE_CODES.ended.code) {
      this.finish();
    } else {
      this.lost();
    }
  }

  private lost(): void {
    this.drop();
    if (this.closed) return;
    this.options.onStatus(this.everJoined ? 'reconnecting' : 'connecting');
    this.failures += 1;
    const delay = retryDelay(this.failures - 1, RECONNECT, this.timers.random());
    this.later(delay, () => this.open());
  }

  private retryNow(): void {
    this.failures = 0;
    this.open();
  }

  private drop(): void {
    this.cancelAll();
    this.joined = false;
    [...this.candidates, this.socket].forEach(discard);
    this.candidates = [];
    this.socket = null;
  }

  private later(milliseconds: number, run: () => void): void {
    this.cancelTimers.push(this.timers.after(milliseconds, run));
  }

  private cancelAll(): void {
    for (const cancel of this.cancelTimers) cancel();
    this.cancelTimers = [];
    this.cancelPong?.();
    this.cancelPong = null;
  }
}

// What the server took in and gave out, as the kernel saw it: every RTP packet of its UDP port, by
// SSRC. Headers of SRTP are not encrypted (RFC 3711 §3.1), so nobody in the call has to be asked.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ethernet (of the loopback device), IPv4 without options, UDP. */
const BEFORE_RTP = 14 + 20 + 8;
const RTP_HEADER = 12;
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** RTCP's packet types, where RTP has the marker and the payload type (RFC 5761 §4). */
const RTCP = { from: 192, to: 223 };

export class Wire {
  /** By SSRC. @type {Map<number, Stream>} */
  streams = new Map();
  #port;
  #tcpdump;
  #told = '';
  #rest = Buffer.alloc(0);
  #begun = false;

  /** Begins to listen on the loopback device, and returns once it does. */
  static async listen(port) {
    const wire = new Wire();
    wire.#port = port;
    const room = ['-s', String(BEFORE_RTP + RTP_HEADER), '-B', '16384'];
    const args = ['-i', 'lo', '-n', '-Z', 'root', ...room, '-U', '-w', '-', `udp port ${port}`];
    wire.#tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    wire.#tcpdump.stderr.setEncoding('utf8').on('data', (text) => (wire.#told += text));
    wire.#tcpdump.stdout.on('data', (bytes) => wire.#read(bytes));
    await once(wire.#tcpdump.stdout, 'data');
    return wire;
  }

  /** Ends it. @returns how many packets it missed itself */
  async stop() {
    const ended = once(this.#tcpdump, 'close');
    this.#tcpdump.kill('SIGINT');
    await ended;
    const missed = /(\d+) packets? dropped by kernel/.exec(this.#told);
    if (!missed) throw new Error(`tcpdump: ${this.#told}`);
    return Number(missed[1]);
  }

  /** See pcap-savefile(5). */
  #read(bytes) {
    let left = Buffer.concat([this.#rest, bytes]);
    if (!this.#begun) {
      if (left.length < FILE_HEADER) return void (this.#rest = left);
      if (left.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error('no pcap file of this machine');
      left = left.subarray(FILE_HEADER);
      this.#begun = true;
    }
    while (left.length >= RECORD_HEADER) {
      const length = left.readUInt32LE(8);
      if (left.length < RECORD_HEADER + length) break;
      const at = left.readUInt32LE(0) * 1000 + left.readUInt32LE(4) / 1000;
      this.#note(at, left.subarray(RECORD_HEADER, RECORD_HEADER + length));
      left = left.subarray(RECORD_HEADER + length);
    }
    this.#rest = left;
  }

  #note(at, packet) {
    if (packet.length < BEFORE_RTP + RTP_HEADER) return;
    const rtp = packet.subarray(BEFORE_RTP);
    const isRtcp = rtp[1] >= RTCP.from && rtp[1] <= RTCP.to;
    if (rtp[0] >> 6 !== 2 || isRtcp) return;
    const isSent = packet.readUInt16BE(BEFORE_RTP - 8) === this.#port;
    const ssrc = rtp.readUInt32BE(8);
    if (!this.streams.has(ssrc)) this.streams.set(ssrc, new Stream(isSent));
    this.streams.get(ssrc).take(at, rtp.readUInt16BE(2), rtp.readUInt32BE(4));
  }
}

/** One SSRC's frames: what has one timestamp. */
export class Stream {
  /** In the order in which they began. @type {{timestamp: number, ended: number}[]} */
  frames = [];
  #byTimestamp = new Map();
  #first;
  #highest;
  #packets = 0;

  /** @param {boolean} isSent by the server; else it was sent to it */
  constructor(isSent) {
    this.isSent = isSent;
  }

  take(at, sequence, timestamp) {
    this.#count(sequence);
    let frame = this.#byTimestamp.get(timestamp);
    if (!frame) {
      frame = { timestamp, ended: at };
      this.frames.push(frame);
      this.#byTimestamp.set(timestamp, frame);
    }
    frame.ended = at;
  }

  frame(timestamp) {
    return this.#byTimestamp.get(timestamp);
  }

  /** Sequence numbers that never came, up to the highest. */
  get holes() {
    return this.#packets === 0 ? 0 : this.#highest - this.#first + 1 - this.#packets;
  }

  #count(sequence) {
    this.#packets += 1;
    this.#first ??= sequence;
    this.#highest ??= sequence;
    // Sixteen bits of it are sent; what is nearest is meant.
    const ahead = ((sequence - this.#highest + 0x18000) & 0xffff) - 0x8000;
    if (ahead > 0) this.#highest += ahead;
  }
}

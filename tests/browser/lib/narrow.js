// A network of a page's own that carries little, made by Chromium itself: its emulation reaches the
// packets of WebRTC as it does HTTP, so that no network namespaces are needed (see network.js for worse
// networks than this knows).

/** Bytes per second, above what any call needs: the emulation of a socket cannot be turned off. */
const WIDE = 100_000_000;
const bytes = (kilobits) => (kilobits * 1000) / 8;

export class NarrowNetwork {
  #session;

  /** Before the page joins a call: sockets that are there already stay as they are. */
  static async of(page) {
    const network = new NarrowNetwork();
    network.#session = await page.context().newCDPSession(page);
    await network.#session.send('Network.enable');
    await network.heal();
    return network;
  }

  /** So many kilobits per second, at most; as many packets wait as come in a second or two. */
  narrow({ up, down, queue = 20 }) {
    return this.#set({
      uploadThroughput: up ? bytes(up) : WIDE,
      downloadThroughput: down ? bytes(down) : WIDE,
      packetQueueLength: queue,
    });
  }

  heal() {
    return this.#set({ uploadThroughput: WIDE, downloadThroughput: WIDE });
  }

  #set(conditions) {
    const perfect = { offline: false, latency: 0, packetLoss: 0, packetQueueLength: 0 };
    return this.#session.send('Network.emulateNetworkConditions', { ...perfect, ...conditions });
  }
}

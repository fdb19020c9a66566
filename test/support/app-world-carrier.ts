import { decodeFrame, encodeFrame } from '../../src/domain/codec/frame.js';
import type { App } from '../../src/app/create-app.js';
import type { Nation } from '../../src/domain/ids.js';
import type { Refusal } from '../../src/domain/refusal.js';
import type { LinkFrame } from '../../src/domain/wire.js';
import type { Gossip, GossipVerdict, Links, Peer } from '../../src/ports/links.js';
import type { Released } from '../../src/core/policy/index.js';

/** Bytes that reached a node, and where from. */
export interface Delivered {
  readonly from: Nation;
  readonly via: 'link' | 'gossip';
  readonly bytes: Uint8Array;
}

/** One node as the carrier sees it, for one life. */
export interface Station {
  readonly nation: Nation;
  readonly peerId: string;
  readonly transport: Uint8Array;
  readonly app: App;
  readonly topics: Map<string, readonly Nation[]>;
  readonly peers: Map<string, Peer>;
  readonly seen: Set<string>;
}

/** Frames for one direction of a link, delivered one after another. */
interface Lane {
  readonly queue: LinkFrame[];
  running: boolean;
}

/**
 * Links and gossip between applications in one process. Everything that travels is encoded, noted at
 * the receiver, and decoded again; what was not released to its receiver is a fault of the sender.
 */
export class MemoryCarrier {
  readonly delivered = new Map<Nation, Delivered[]>();
  readonly refusals: { readonly at: Nation; readonly of: Nation; readonly refusal: Refusal }[] = [];
  readonly verdicts: { readonly at: Nation; readonly verdict: GossipVerdict }[] = [];
  /** Faults of senders, and of the code under test. */
  readonly faults: string[] = [];
  busy = 0;
  readonly #stations = new Map<Nation, Station>();
  readonly #lanes = new Map<string, Lane>();
  /** Work that nodes have not finished yet. */
  readonly #begun = new Map<Station, Set<() => void>>();

  add(station: Station): void {
    this.#stations.set(station.nation, station);
  }

  /** The hello of both sides, by their gates; then the link is up on both. */
  connect(a: Nation, b: Nation): boolean {
    const [left, right] = [this.#stations.get(a), this.#stations.get(b)];
    if (left === undefined || right === undefined || left.peers.has(right.peerId)) return false;
    const ofLeft = this.#admit(right, left);
    const ofRight = this.#admit(left, right);
    if (ofLeft === undefined || ofRight === undefined) return false;
    right.peers.set(left.peerId, ofLeft);
    left.peers.set(right.peerId, ofRight);
    right.app.linkHandlers.peerUp(ofLeft);
    left.app.linkHandlers.peerUp(ofRight);
    return true;
  }

  cut(a: Nation, b: Nation): void {
    for (const [at, of] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#lanes.delete(`${at} ${of}`);
      const [station, other] = [this.#stations.get(at), this.#stations.get(of)];
      const peer = other && station?.peers.get(other.peerId);
      if (station === undefined || peer === undefined) continue;
      station.peers.delete(peer.peerId);
      station.app.linkHandlers.peerDown(peer);
    }
  }

  /** Takes a node off: the others notice, it does not. */
  remove(nation: Nation): void {
    const gone = this.#stations.get(nation);
    this.#stations.delete(nation);
    if (gone === undefined) return;
    for (const station of this.#stations.values()) {
      this.#lanes.delete(`${station.nation} ${nation}`);
      this.#lanes.delete(`${nation} ${station.nation}`);
      const peer = station.peers.get(gone.peerId);
      if (peer === undefined) continue;
      station.peers.delete(gone.peerId);
      station.app.linkHandlers.peerDown(peer);
    }
  }

  linksOf(station: Station): Links {
    return {
      ownPeerId: station.peerId,
      peers: () => [...station.peers.values()],
      addresses: () => [`/memory/${station.nation}`],
      addKnown: () => Promise.resolve(true),
      disconnect: async (peerId) => {
        const peer = station.peers.get(peerId);
        if (peer !== undefined) this.cut(station.nation, peer.nation);
      },
      known: () =>
        [...station.peers.values()].map(({ peerId, nation }) => ({
          peerId,
          nation,
          addresses: [],
          state: 'admitted' as const,
        })),
      send: (peerId, frame) => {
        const peer = station.peers.get(peerId);
        if (peer === undefined || this.#stations.get(station.nation) !== station) return false;
        if (!('type' in frame)) this.#checkReleased(station, frame, [peer.nation]);
        const plain = 'type' in frame ? frame : frame.value;
        this.#enqueue(station.nation, peer.nation, plain);
        return true;
      },
    };
  }

  gossipOf(station: Station): Gossip {
    return {
      join: (topic, nations) => void station.topics.set(topic, nations),
      leave: (topic) => void station.topics.delete(topic),
      topics: () => [...station.topics.keys()],
      subscribers: (topic) => this.#subscribers(station, topic).map(({ peerId }) => peerId),
      publish: (topic, data) => {
        this.#checkReleased(station, data, station.topics.get(topic) ?? []);
        station.seen.add(keyOfMessage(topic, data.value));
        return Promise.resolve(this.#spread(station, topic, data.value));
      },
    };
  }

  /** Puts a frame in as if a peer had sent it. */
  inject(from: Nation, to: Nation, frame: LinkFrame): void {
    this.#enqueue(from, to, frame);
  }

  /** Puts a gossip message in as if a peer had sent it; answers the verdict. */
  async whisper(from: Nation, to: Nation, topic: string, data: Uint8Array): Promise<GossipVerdict> {
    const station = this.#stations.get(to);
    if (station === undefined) throw new Error(`${to} is not there`);
    return this.#hear(station, from, topic, data);
  }

  #checkReleased(from: Station, released: Released<unknown>, to: readonly Nation[]): void {
    const missing = to.find((nation) => nation !== from.nation && !released.to.includes(nation));
    if (missing !== undefined) this.faults.push(`${from.nation} sends unreleased to ${missing}`);
  }

  #admit(at: Station, of: Station): Peer | undefined {
    const answer = at.app.hello.admit(of.app.hello.ownChain(), of.transport);
    if (answer.ok) {
      return { peerId: of.peerId, nation: answer.value.issuer, credential: answer.value };
    }
    this.refusals.push({ at: at.nation, of: of.nation, refusal: answer.error });
    at.app.linkHandlers.refused(of.peerId, answer.error);
    return undefined;
  }

  #note(at: Nation, delivered: Delivered): void {
    const notes = this.delivered.get(at) ?? [];
    this.delivered.set(at, notes);
    notes.push(delivered);
  }

  #enqueue(from: Nation, to: Nation, frame: LinkFrame): void {
    const key = `${from} ${to}`;
    const lane = this.#lanes.get(key) ?? { queue: [], running: false };
    this.#lanes.set(key, lane);
    lane.queue.push(frame);
    if (!lane.running) void this.#run(lane, from, to);
  }

  async #run(lane: Lane, from: Nation, to: Nation): Promise<void> {
    lane.running = true;
    for (let frame = lane.queue.shift(); frame !== undefined; frame = lane.queue.shift()) {
      await this.#deliver(frame, from, to);
      // A cut link loses what it still carried.
      if (this.#lanes.get(`${from} ${to}`) !== lane) return;
    }
    lane.running = false;
  }

  async #deliver(frame: LinkFrame, from: Nation, to: Nation): Promise<void> {
    const station = this.#stations.get(to);
    const peer = [...(station?.peers.values() ?? [])].find(({ nation }) => nation === from);
    if (station === undefined || peer === undefined) return;
    const bytes = encodeFrame(frame);
    this.#note(to, { from, via: 'link', bytes });
    const decoded = decodeFrame(bytes);
    if (!decoded.ok || decoded.value.type === 'credit') {
      this.faults.push(`${from} sends a frame of wrong form: ${frame.type}`);
      return;
    }
    await this.#task(station, station.app.linkHandlers.frame(peer, decoded.value));
  }

  #subscribers(station: Station, topic: string): readonly Peer[] {
    const nations = station.topics.get(topic) ?? [];
    return [...station.peers.values()].filter(
      ({ nation }) =>
        nations.includes(nation) && this.#stations.get(nation)?.topics.has(topic) === true,
    );
  }

  #spread(station: Station, topic: string, data: Uint8Array): number {
    const subscribers = this.#subscribers(station, topic);
    for (const { nation } of subscribers) {
      const other = this.#stations.get(nation);
      if (other === undefined || other.seen.has(keyOfMessage(topic, data))) continue;
      other.seen.add(keyOfMessage(topic, data));
      void this.#hear(other, station.nation, topic, data);
    }
    return subscribers.length;
  }

  async #hear(
    station: Station,
    from: Nation,
    topic: string,
    data: Uint8Array,
  ): Promise<GossipVerdict> {
    this.#note(station.nation, { from, via: 'gossip', bytes: data });
    const copy = Uint8Array.from(data);
    const heard = station.app.gossipHandlers.message(`peer-${from}`, topic, copy);
    const verdict = await this.#task(station, heard);
    if (verdict === undefined) return 'ignore';
    this.verdicts.push({ at: station.nation, verdict });
    if (verdict === 'accept') this.#spread(station, topic, data);
    return verdict;
  }

  /** Work that the world waits for, unless its node is gone. */
  async #task<T>(station: Station, task: Promise<T>): Promise<T | undefined> {
    const gone = (): boolean => this.#stations.get(station.nation) !== station;
    this.busy++;
    let counted = true;
    const release = (): void => {
      if (counted) this.busy--;
      counted = false;
    };
    const begun = this.#begun.get(station) ?? new Set();
    this.#begun.set(station, begun.add(release));
    try {
      return await task;
    } catch (cause) {
      if (!gone()) this.faults.push(`${station.nation} threw: ${String(cause)}`);
      return undefined;
    } finally {
      begun.delete(release);
      release();
    }
  }

  /** What a crashed node had begun is nobody's business any more. */
  forget(station: Station): void {
    for (const release of this.#begun.get(station) ?? []) release();
    this.#begun.delete(station);
  }
}

function keyOfMessage(topic: string, data: Uint8Array): string {
  return `${topic} ${Buffer.from(data).toString('base64')}`;
}

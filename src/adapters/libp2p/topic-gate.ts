import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import type { Nation } from '../../domain/ids.js';

type Topics = readonly { readonly topic?: string; readonly subscribe?: boolean }[];
type Named = { readonly topicID?: string };
interface Message {
  readonly topic: string;
}
interface Control {
  ihave: Named[];
  iwant: unknown[];
  graft: Named[];
  prune: Named[];
  idontwant: unknown[];
}
interface Rpc {
  subscriptions: Topics;
  messages: readonly Message[];
  control?: Control;
}
interface PeerRef {
  toString(): string;
}

/** The private parts of gossipsub that decide who sees a topic. Checked to exist before use. */
interface Guts {
  readonly opts: { readonly batchPublish?: boolean };
  readonly control: Map<string, Control>;
  readonly gossip: Map<string, Named[]>;
  sendRpc(id: string, rpc: Rpc): boolean;
  sendSubscriptions(to: string, topics: string[], subscribe: boolean): void;
  handleReceivedSubscription(from: PeerRef, topic: string, subscribe: boolean): boolean;
  handleGraft(id: string, graft: Named[]): Promise<unknown[]>;
  handleIWant(id: string, iwant: unknown[]): Message[];
  handleReceivedMessage(from: PeerRef, message: Message): Promise<void>;
}

const WRAPPED = [
  'sendRpc',
  'sendSubscriptions',
  'handleReceivedSubscription',
  'handleGraft',
  'handleIWant',
  'handleReceivedMessage',
] as const satisfies readonly (keyof Guts)[];

/** Subscriptions to topics we have not joined (yet) that are kept per peer. */
const PENDING_MAX = 512;

function gutsOf(gossipsub: GossipSub): Guts {
  const guts = gossipsub as unknown as Guts;
  for (const name of WRAPPED) {
    if (typeof guts[name] !== 'function') throw new Error(`gossipsub has no ${name} to gate`);
  }
  if (!(guts.control instanceof Map) || !(guts.gossip instanceof Map)) {
    throw new Error('gossipsub has no piggyback maps to gate');
  }
  // Batches go out beside sendRpc.
  if (guts.opts.batchPublish === true) throw new Error('gossipsub batchPublish cannot be gated');
  return guts;
}

/**
 * Admits peers to topics. Stock gossipsub announces every topic to everybody, and answers IWANT
 * without asking which topic a message is of. Behind the gate a topic exists, for a peer, only if
 * its admitted nation is in the topic's set. Defence in depth: payloads are sealed besides.
 */
export class TopicGate {
  readonly #guts: Guts;
  readonly #nationOf: (peerId: string) => Nation | null;
  readonly #topics = new Map<string, ReadonlySet<Nation>>();
  readonly #pending = new Map<string, Set<string>>();

  constructor(gossipsub: GossipSub, nationOf: (peerId: string) => Nation | null) {
    this.#guts = gutsOf(gossipsub);
    this.#nationOf = nationOf;
    this.#gateSending();
    this.#gateReceiving();
  }

  get topics(): ReadonlyMap<string, ReadonlySet<Nation>> {
    return this.#topics;
  }

  allows(peerId: string, topic: string | undefined): boolean {
    const nation = this.#nationOf(peerId);
    if (nation === null || topic === undefined) return false;
    return this.#topics.get(topic)?.has(nation) === true;
  }

  /** Opens a topic for `nations`; who of them subscribed before we joined is counted in. */
  open(topic: string, nations: readonly Nation[]): void {
    this.#topics.set(topic, new Set(nations));
  }

  /** Replays the subscriptions to `topic` that came before it was opened. */
  replay(topic: string, peers: readonly PeerRef[]): void {
    for (const peer of peers) {
      if (this.#pending.get(peer.toString())?.has(topic) === true) {
        this.#guts.handleReceivedSubscription(peer, topic, true);
      }
    }
  }

  close(topic: string): void {
    this.#topics.delete(topic);
  }

  /** Forgets a peer whose admission has ended. */
  forget(peerId: string): void {
    this.#pending.delete(peerId);
  }

  #gateSending(): void {
    const guts = this.#guts;
    const sendRpc = guts.sendRpc.bind(guts);
    guts.sendRpc = (id, rpc) => {
      this.#filterPiggyback(id);
      // A new object: gossipsub hands one object to all peers of a publish and adds to it for each.
      const filtered = this.#filter(id, rpc);
      return filtered !== null && sendRpc(id, filtered);
    };
    const sendSubscriptions = guts.sendSubscriptions.bind(guts);
    guts.sendSubscriptions = (to, topics, subscribe) => {
      const allowed = topics.filter((topic) => this.allows(to, topic));
      if (allowed.length > 0) sendSubscriptions(to, allowed, subscribe);
    };
  }

  #gateReceiving(): void {
    const guts = this.#guts;
    const subscription = guts.handleReceivedSubscription.bind(guts);
    guts.handleReceivedSubscription = (from, topic, subscribe) => {
      this.#remember(from.toString(), topic, subscribe);
      const passes = !subscribe || this.allows(from.toString(), topic);
      return passes && subscription(from, topic, subscribe);
    };
    const graft = guts.handleGraft.bind(guts);
    guts.handleGraft = (id, grafts) =>
      graft(
        id,
        grafts.filter(({ topicID }) => this.allows(id, topicID)),
      );
    const iwant = guts.handleIWant.bind(guts);
    guts.handleIWant = (id, wanted) =>
      iwant(id, wanted).filter(({ topic }) => this.allows(id, topic));
    const message = guts.handleReceivedMessage.bind(guts);
    guts.handleReceivedMessage = async (from, received) => {
      if (this.allows(from.toString(), received.topic)) await message(from, received);
    };
  }

  #remember(peerId: string, topic: string, subscribe: boolean): void {
    if (this.#nationOf(peerId) === null) return;
    const pending = this.#pending.get(peerId) ?? new Set();
    if (!subscribe) pending.delete(topic);
    else if (pending.size < PENDING_MAX) pending.add(topic);
    this.#pending.set(peerId, pending);
  }

  #filterPiggyback(id: string): void {
    const control = this.#guts.control.get(id);
    if (control !== undefined) this.#guts.control.set(id, this.#filterControl(id, control));
    const gossip = this.#guts.gossip.get(id);
    if (gossip !== undefined) this.#guts.gossip.set(id, this.#named(id, gossip));
  }

  #named(id: string, list: readonly Named[]): Named[] {
    return list.filter(({ topicID }) => this.allows(id, topicID));
  }

  #filterControl(id: string, control: Control): Control {
    return {
      ...control,
      ihave: this.#named(id, control.ihave),
      graft: this.#named(id, control.graft),
      prune: this.#named(id, control.prune),
    };
  }

  /** What of `rpc` the peer may see; null when nothing is left of it. */
  #filter(id: string, rpc: Rpc): Rpc | null {
    const subscriptions = rpc.subscriptions.filter(({ topic }) => this.allows(id, topic));
    const messages = rpc.messages.filter(({ topic }) => this.allows(id, topic));
    if (rpc.control === undefined) {
      return subscriptions.length + messages.length === 0
        ? null
        : { ...rpc, subscriptions, messages };
    }
    const control = this.#filterControl(id, rpc.control);
    const left = subscriptions.length + messages.length + Object.values(control).flat().length > 0;
    return left ? { ...rpc, subscriptions, messages, control } : null;
  }
}

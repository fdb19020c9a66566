import './polyfill.js';
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub';
import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import { assert } from '../../base/assert.js';
import type { Nation } from '../../domain/ids.js';
import type { Gossip, GossipHandlers, GossipVerdict } from '../../ports/links.js';
import type { TopicGate } from './topic-gate.js';

const VERDICTS: Readonly<Record<GossipVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
};

/** Gossip of a LAN cell behind the topic gate. */
export class LanGossip implements Gossip {
  readonly #gossipsub: GossipSub;
  readonly #gate: TopicGate;
  readonly #handlers: GossipHandlers;
  /** Joined before the start: subscribed at the start. */
  #started = false;

  constructor(gossipsub: GossipSub, gate: TopicGate, handlers: GossipHandlers) {
    this.#gossipsub = gossipsub;
    this.#gate = gate;
    this.#handlers = handlers;
  }

  start(): void {
    this.#started = true;
    for (const topic of this.#gate.topics.keys()) this.#subscribe(topic);
  }

  join(topic: string, nations: readonly Nation[]): void {
    if (this.#gate.topics.has(topic)) this.leave(topic);
    this.#gate.open(topic, nations);
    this.#gossipsub.topicValidators.set(topic, async (from, message) => {
      const verdict = await this.#handlers.message(from.toString(), topic, message.data);
      return VERDICTS[verdict];
    });
    if (this.#started) this.#subscribe(topic);
  }

  #subscribe(topic: string): void {
    this.#gate.replay(topic, this.#gossipsub.getPeers());
    this.#gossipsub.subscribe(topic);
  }

  leave(topic: string): void {
    if (!this.#gate.topics.has(topic)) return;
    if (this.#started) this.#gossipsub.unsubscribe(topic);
    this.#gossipsub.topicValidators.delete(topic);
    this.#gate.close(topic);
  }

  topics(): readonly string[] {
    return [...this.#gate.topics.keys()];
  }

  subscribers(topic: string): readonly string[] {
    return this.#gossipsub
      .getSubscribers(topic)
      .map(String)
      .filter((peerId) => this.#gate.allows(peerId, topic));
  }

  async publish(topic: string, data: Parameters<Gossip['publish']>[1]): Promise<number> {
    const nations = this.#gate.topics.get(topic);
    assert(nations !== undefined, 'a topic is joined before it is published to');
    const covered = [...nations].every((nation) => data.to.includes(nation));
    assert(covered, 'gossip data is released to every nation of its topic');
    const { recipients } = await this.#gossipsub.publish(topic, data.value);
    return recipients.length;
  }
}

/** Narrowband links carry no gossip: topics are kept, and nothing is sent. */
export class NoGossip implements Gossip {
  readonly #topics = new Set<string>();

  join(topic: string): void {
    this.#topics.add(topic);
  }

  leave(topic: string): void {
    this.#topics.delete(topic);
  }

  topics(): readonly string[] {
    return [...this.#topics];
  }

  subscribers(): readonly string[] {
    return [];
  }

  async publish(): Promise<number> {
    return 0;
  }
}

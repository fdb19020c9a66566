import type { Refusal } from '../domain/refusal.js';
import type { LinkFrame } from '../domain/wire.js';
import type {
  Gossip,
  GossipHandlers,
  HelloGate,
  LinkHandlers,
  Links,
  Peer,
} from '../ports/links.js';
import type { CredentialDigest, Nation, Op } from '../domain/ids.js';
import type { Cores } from './cores.js';
import type { Directory } from './directory.js';
import type { Distribution } from './distribution.js';
import type { Inbound } from './inbound.js';
import type { LabelBook } from './label-book.js';
import type { Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { OperationSettlement } from './settlement.js';
import type { SyncSessions } from './sync-session.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly labels: LabelBook;
  readonly cores: Cores;
  readonly operations: Operations;
  readonly inbound: Inbound;
  readonly sync: SyncSessions;
  readonly distribution: Distribution;
  settlementOf(op: Op): OperationSettlement | undefined;
  settlements(): readonly OperationSettlement[];
  links(): Links | undefined;
}

/** What carries the node's traffic, once it is started. */
export interface Carrier {
  readonly links: Links;
  readonly gossip: Gossip;
}

/** What a carrier calls back: the hello's decisions, frames of admitted peers, gossip. */
export class Network implements LinkHandlers, GossipHandlers {
  readonly hello: HelloGate;
  readonly #parts: Parts;
  readonly #lastVerified = new Map<Nation, number>();
  /** A carrier may admit peers before the node can answer them: what they say waits till then. */
  readonly #ready: Promise<void>;
  #connected: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ready = new Promise((resolve) => {
      this.#connected = resolve;
    });
    const { config, directory, ports } = parts;
    this.hello = {
      ownChain: () =>
        (directory.chain(config.node.credential.digest) ?? [])
          .filter(({ kind }) => kind !== 'root')
          .map(({ bytes }) => bytes),
      held: (digest) => directory.byDigest(digest as CredentialDigest)?.bytes,
      admit: (chain, key) => directory.admitPeer(chain, key, ports.clock.nowMs()),
    };
  }

  /** The node takes part: whoever was admitted before is told of the own log now. */
  async connected(): Promise<void> {
    this.#connected();
    for (const { peerId } of this.#parts.links()?.peers() ?? []) {
      await this.#parts.sync.greet(peerId);
    }
  }

  lastVerifiedMs(nation: Nation): number | null {
    return this.#lastVerified.get(nation) ?? null;
  }

  /** An event of a nation passed the door just now. */
  verified(nation: Nation): void {
    this.#lastVerified.set(nation, this.#parts.ports.clock.nowMs());
  }

  peerUp(peer: Peer): void {
    this.#parts.ports.logger.info('peer admitted', { nation: peer.nation, peerId: peer.peerId });
    this.#guard('peer up', this.#parts.sync.peerUp(peer));
    for (const settlement of this.#parts.settlements()) settlement.peerUp(peer);
  }

  peerDown(peer: Peer): void {
    this.#parts.ports.logger.info('peer gone', { nation: peer.nation, peerId: peer.peerId });
    this.#parts.sync.peerDown(peer);
    for (const settlement of this.#parts.settlements()) settlement.peerDown(peer);
  }

  /** Whom this nation trusts no more is served no more, from this moment on. */
  trustChanged(): void {
    const { directory } = this.#parts;
    const links = this.#parts.links();
    for (const { peerId, credential } of links?.peers() ?? []) {
      const trusted = directory.trusted(credential.digest);
      if (trusted === 'unknown' || trusted.ok) continue;
      const { code, detail } = trusted.error;
      this.#parts.ports.logger.warn('peer is trusted no more', { peerId, code, detail });
      this.#guard('disconnect', links?.disconnect(peerId) ?? Promise.resolve());
    }
  }

  refused(peerId: string, { code, detail }: Refusal): void {
    this.#parts.ports.logger.warn('peer refused', { peerId, code, detail });
  }

  async frame(peer: Peer, frame: LinkFrame): Promise<void> {
    await this.#ready;
    const { inbound, labels, sync } = this.#parts;
    switch (frame.type) {
      case 'heads':
        sync.heads(peer, frame.heads);
        return;
      case 'want':
        return sync.want(peer, frame);
      case 'delta':
        return sync.delta(peer, frame);
      case 'early': {
        const { type: _, ...incoming } = frame;
        await inbound.receive(incoming);
        return;
      }
      case 'label':
        labels.offer(frame.bytes);
        return;
      case 'bft':
        this.#parts.settlementOf(frame.op)?.message(peer, frame.bytes);
        return;
      case 'core': {
        const settlement = this.#parts.settlementOf(frame.op);
        // A core travels once: it may come before the last acceptance does, and is kept until then.
        if (settlement !== undefined) {
          await settlement.show(frame.bytes, peer.nation);
        } else if (this.#parts.operations.get(frame.op) !== undefined) {
          await this.#parts.cores.show(frame.bytes, { op: frame.op, proposer: peer.nation });
        }
        return;
      }
    }
  }

  message(_from: string, _topic: string, data: Uint8Array): ReturnType<GossipHandlers['message']> {
    return this.#parts.distribution.message(data);
  }

  #guard(what: string, task: Promise<void>): void {
    task.catch((cause: unknown) => {
      this.#parts.ports.logger.error(`${what} failed`, { cause: String(cause) });
    });
  }
}

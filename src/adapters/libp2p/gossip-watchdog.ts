import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import type { Timers } from '../../ports/clock.js';

interface Streams {
  readonly streamsOutbound: ReadonlyMap<string, unknown>;
  readonly streamsInbound: ReadonlyMap<string, { readonly rawStream: { readonly status: string } }>;
}

export interface WatchdogContext {
  readonly gossipsub: GossipSub;
  readonly timers: Timers;
  readonly watchMs: number;
  admittedPeers(): readonly string[];
  hangUp(peerId: string): void;
}

/**
 * A gossip stream that dies inside a living connection is not reopened, and its peer is missing from
 * every topic from then on. Who has been without a stream for `watchMs` is hung up on; the keeper
 * dials anew. A peer that merely has not subscribed keeps its streams and is left alone.
 */
export class GossipWatchdog {
  readonly #context: WatchdogContext;
  readonly #streams: Streams;
  #suspects: ReadonlySet<string> = new Set();
  #cancel: (() => void) | null = null;

  constructor(context: WatchdogContext) {
    this.#context = context;
    this.#streams = context.gossipsub as unknown as Streams;
    const { streamsInbound, streamsOutbound } = this.#streams;
    if (!(streamsInbound instanceof Map) || !(streamsOutbound instanceof Map)) {
      throw new Error('gossipsub has no streams to watch');
    }
  }

  start(): void {
    this.#cancel = this.#context.timers.after(this.#context.watchMs / 2, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
  }

  /** A peer seen without streams twice in a row, half the time apart at least, is hung up on. */
  #look(): void {
    const without = this.#context.admittedPeers().filter((peerId) => !this.#alive(peerId));
    const overdue = without.filter((peerId) => this.#suspects.has(peerId));
    this.#suspects = new Set(without.filter((peerId) => !this.#suspects.has(peerId)));
    for (const peerId of overdue) this.#context.hangUp(peerId);
  }

  #alive(peerId: string): boolean {
    const inbound = this.#streams.streamsInbound.get(peerId);
    return this.#streams.streamsOutbound.has(peerId) && inbound?.rawStream.status === 'open';
  }
}

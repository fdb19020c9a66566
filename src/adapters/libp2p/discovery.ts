import type { KadDHT } from '@libp2p/kad-dht';
import type { Libp2p } from '@libp2p/interface';
import type { Timers } from '../../ports/clock.js';
import type { MeshLogger, Tuning } from './options.js';

export interface DiscoveryContext {
  readonly libp2p: Libp2p;
  readonly dht: KadDHT;
  readonly timers: Timers;
  readonly logger: MeshLogger;
  readonly tuning: Tuning;
  /** Whether peers are missing, so that the next query is due soon. */
  wanting(): boolean;
  learn(peerId: string, addresses: readonly string[]): void;
}

/** Quick rounds after each change of the cell, before the slow rhythm. */
const QUICK_ROUNDS = 5;
const QUERY_MS_MAX = 5_000;

/** Learns the peers of the cell by asking the DHT for the own key: who is near knows whom. */
export class Discovery {
  readonly #context: DiscoveryContext;
  #cancel: (() => void) | null = null;
  #quick = QUICK_ROUNDS;
  #running = false;
  #asking = false;

  constructor(context: DiscoveryContext) {
    this.#context = context;
  }

  start(): void {
    this.#running = true;
    this.#schedule();
  }

  stop(): void {
    this.#running = false;
    this.#cancel?.();
  }

  /** The cell changed: somebody came or went. */
  changed(): void {
    this.#quick = QUICK_ROUNDS;
    if (!this.#asking) this.#schedule();
  }

  #schedule(): void {
    this.#cancel?.();
    if (!this.#running) return;
    const { tuning, timers } = this.#context;
    const soon = this.#quick > 0 || this.#context.wanting();
    this.#quick = Math.max(0, this.#quick - 1);
    this.#cancel = timers.after(soon ? tuning.dhtFastMs : tuning.dhtSlowMs, () => {
      void this.#ask();
    });
  }

  async #ask(): Promise<void> {
    const { libp2p, dht, logger } = this.#context;
    this.#asking = true;
    try {
      if (libp2p.getConnections().length > 0) {
        const key = libp2p.peerId.toMultihash().bytes;
        const signal = AbortSignal.timeout(QUERY_MS_MAX);
        for await (const event of dht.getClosestPeers(key, { signal })) {
          // What a peer answers is learned at once: the query itself may not reach whom it names.
          if (event.name !== 'PEER_RESPONSE') continue;
          for (const { id, multiaddrs } of event.closer) {
            this.#context.learn(id.toString(), multiaddrs.map(String));
          }
        }
      }
    } catch (error) {
      logger.debug('DHT query failed', { reason: error instanceof Error ? error.message : '' });
    }
    this.#asking = false;
    this.#schedule();
  }
}

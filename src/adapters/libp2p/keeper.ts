import type { Libp2p } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import { multiaddr } from '@multiformats/multiaddr';
import type { Clock, Timers } from '../../ports/clock.js';
import type { Entropy } from '../../ports/entropy.js';
import type { KnownPeer } from '../../ports/links.js';
import { probe } from './address.js';
import type { AdmissionTable } from './admission.js';
import type { Target } from './known-peers.js';
import { KnownPeers } from './known-peers.js';
import type { AddressMap, MeshLogger, Tuning } from './options.js';
import { RefusedError } from './refusals.js';

export interface KeeperContext {
  readonly libp2p: Libp2p;
  readonly table: AdmissionTable;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly entropy: Entropy;
  readonly logger: MeshLogger;
  readonly tuning: Tuning;
  readonly dialAddressMap: AddressMap;
}

/** Rounds after which the higher PeerId dials too. */
const ROUNDS_OF_LOWER = 3;

/**
 * Holds a connection to every known peer and never gives up. libp2p dials nobody by itself, and its
 * keep-alive tag ends for good after five failures. Each round probes with a bare TCP connect and
 * dials only what answers: a dial into a cut carries the kernel's back-off past the heal.
 */
export class Keeper {
  readonly #context: KeeperContext;
  readonly #known: KnownPeers;
  readonly #own: string;
  #running = false;

  constructor(context: KeeperContext) {
    this.#context = context;
    this.#own = context.libp2p.peerId.toString();
    this.#known = new KnownPeers(this.#own);
  }

  give(address: string): void {
    const target = this.#known.give(address);
    if (target !== undefined) this.#schedule(target, 0);
  }

  learn(peerId: string, addresses: readonly string[]): void {
    const target = this.#known.learn(peerId, addresses);
    if (target !== undefined) this.#schedule(target, 0);
  }

  start(): void {
    this.#running = true;
    for (const target of this.#known.all()) this.#schedule(target, 0);
  }

  stop(): void {
    this.#running = false;
    for (const target of this.#known.all()) target.cancel?.();
  }

  /** A connection to the peer closed: take it up again at once. */
  closed(peerId: string): void {
    for (const target of this.#known.all()) {
      if (target.peerId === peerId) this.#schedule(target, this.#jitter());
    }
  }

  /** The peer refused us, or we it: leave it alone for a while. */
  hold(peerId: string): void {
    const until = this.#context.clock.monotonicMs() + this.#context.tuning.refusedRetryMs;
    for (const target of this.#known.all()) {
      if (target.peerId === peerId) target.holdUntilMs = until;
    }
  }

  known(): readonly KnownPeer[] {
    // An address that answered as a peer is listed with that peer.
    return this.#known
      .all()
      .filter((target) => !this.#known.covered(target))
      .map((target) => ({
        peerId: target.peerId,
        addresses: target.addresses,
        state: this.#stateOf(target),
        nation: target.peerId === null ? null : this.#context.table.nationOf(target.peerId),
      }));
  }

  #stateOf(target: Target): KnownPeer['state'] {
    const { table, clock } = this.#context;
    if (target.peerId !== null && table.peer(target.peerId) !== null) return 'admitted';
    if (target.holdUntilMs > clock.monotonicMs()) return 'refused';
    if (target.busy || this.#connected(target) || target.failures === 0) return 'connecting';
    return 'unreachable';
  }

  #connected({ peerId }: Target): boolean {
    if (peerId === null) return false;
    const id = peerIdFromString(peerId);
    return this.#context.libp2p.getConnections(id).some(({ status }) => status === 'open');
  }

  /** Up to a quarter of a round, so that peers cut off together do not come back together. */
  #jitter(): number {
    const [high = 0, low = 0] = this.#context.entropy.bytes(2);
    return ((high * 256 + low) / 65_536) * 0.25 * this.#context.tuning.probeEveryMs;
  }

  #schedule(target: Target, ms: number): void {
    if (!this.#running || target.busy) return;
    target.cancel?.();
    const hold = target.holdUntilMs - this.#context.clock.monotonicMs();
    target.cancel = this.#context.timers.after(Math.max(ms, hold), () => {
      target.cancel = null;
      this.#round(target).catch((error: unknown) => {
        this.#context.logger.warn('keeper round failed', { target: target.key, error });
      });
    });
  }

  async #round(target: Target): Promise<void> {
    // A connected target is taken up again when its connection closes.
    if (!this.#running || target.busy || this.#connected(target)) return;
    if (this.#known.covered(target)) return;
    if (this.#othersTurn(target)) {
      target.failures++;
    } else {
      target.busy = true;
      const reached = await this.#attempt(target).finally(() => {
        target.busy = false;
      });
      if (reached) target.failures = 0;
      else target.failures++;
    }
    if (!this.#connected(target)) {
      this.#schedule(target, this.#context.tuning.probeEveryMs + this.#jitter());
    }
  }

  #othersTurn({ peerId, given, failures }: Target): boolean {
    return peerId !== null && !given && this.#own > peerId && failures < ROUNDS_OF_LOWER;
  }

  async #attempt(target: Target): Promise<boolean> {
    const { dialAddressMap, tuning } = this.#context;
    for (const address of target.addresses) {
      if (!(await probe(dialAddressMap(address), tuning.probeTimeoutMs))) continue;
      if (!this.#running || this.#connected(target)) return true;
      if (await this.#dial(target, address)) return true;
    }
    return false;
  }

  async #dial(target: Target, address: string): Promise<boolean> {
    const id = target.key === target.peerId ? target.peerId : null;
    const to = multiaddr(id === null ? address : `${address}/p2p/${id}`);
    const signal = AbortSignal.timeout(this.#context.tuning.dialMs);
    try {
      const connection = await this.#context.libp2p.dial(to, { signal });
      this.#known.resolved(target, connection.remotePeer.toString());
      return true;
    } catch (error) {
      this.#failed(target, id, error);
      return false;
    }
  }

  #failed(target: Target, id: string | null, error: unknown): void {
    const reason = error instanceof Error ? error.message : 'fault';
    this.#context.logger.debug('dial failed', { target: target.key, reason });
    if (error instanceof RefusedError) {
      target.holdUntilMs =
        error.refusal.code === 'HELLO_ENDED'
          ? 0
          : this.#context.clock.monotonicMs() + this.#context.tuning.refusedRetryMs;
    } else if (reason.includes('dial self')) {
      this.#known.remove(target);
    } else if (id !== null) {
      // Something listens there, but it is not this peer: whoever it is may be given to us by address.
      for (const freed of this.#known.unresolve(id)) this.#schedule(freed, 0);
    }
  }
}

import { splitAddress } from './address.js';

/** A place to dial: a peer with its addresses, or one address whose peer is not known yet. */
export interface Target {
  readonly key: string;
  peerId: string | null;
  /** Transport addresses without peer id, most recently learned first. */
  addresses: readonly string[];
  /** Given by the operator: dialled at once, whoever has the lower PeerId. */
  given: boolean;
  failures: number;
  busy: boolean;
  /** Monotonic milliseconds before which the target is left alone. */
  holdUntilMs: number;
  cancel: (() => void) | null;
}

/** A peer may announce what it likes: what is kept of it is bounded. */
const TARGETS_MAX = 256;
const ADDRESSES_MAX = 8;

/** Who can be dialled where: from the operator, from peers' own addresses and from the DHT. */
export class KnownPeers {
  readonly #targets = new Map<string, Target>();
  readonly #own: string;

  constructor(own: string) {
    this.#own = own;
  }

  all(): readonly Target[] {
    return [...this.#targets.values()];
  }

  /** Adds an operator's address. The target, if it is new. */
  give(address: string): Target | undefined {
    const { transport, peerId } = splitAddress(address);
    if (peerId !== null) return this.#add(peerId, peerId, [transport], true);
    if (this.#targets.has(transport)) return undefined;
    return this.#add(transport, null, [transport], true);
  }

  /** Adds what others told about a peer. The target, if it is new or has new addresses. */
  learn(peerId: string, addresses: readonly string[]): Target | undefined {
    const transports = addresses.map((address) => splitAddress(address).transport);
    return this.#add(peerId, peerId, transports, false);
  }

  /** A given address answered as `peerId`: from now on it is one of that peer's addresses. */
  resolved(target: Target, peerId: string): void {
    target.peerId = peerId;
    if (target.key === peerId) return;
    this.#add(peerId, peerId, target.addresses, true);
    const peer = this.#targets.get(peerId);
    if (peer !== undefined) peer.given = true;
  }

  /** Whether another target dials the peer that answered here. */
  covered({ key, peerId }: Target): boolean {
    return peerId !== null && key !== peerId && this.#targets.has(peerId);
  }

  /** The peer no longer answers where it did: given addresses are open for whoever answers there. */
  unresolve(peerId: string): readonly Target[] {
    const freed = this.all().filter(({ key, peerId: id }) => key !== peerId && id === peerId);
    for (const target of freed) target.peerId = null;
    return freed;
  }

  remove(target: Target): void {
    target.cancel?.();
    this.#targets.delete(target.key);
  }

  #add(
    key: string,
    peerId: string | null,
    transports: readonly string[],
    given: boolean,
  ): Target | undefined {
    if (peerId === this.#own || transports.length === 0) return undefined;
    const known = this.#targets.get(key);
    if (known !== undefined) {
      const fresh = transports.filter((address) => !known.addresses.includes(address));
      if (fresh.length === 0) return undefined;
      known.addresses = [...fresh, ...known.addresses].slice(0, ADDRESSES_MAX);
      return known;
    }
    if (this.#targets.size >= TARGETS_MAX && !given) return undefined;
    const target: Target = {
      key,
      peerId,
      addresses: transports.slice(0, ADDRESSES_MAX),
      given,
      failures: 0,
      busy: false,
      holdUntilMs: 0,
      cancel: null,
    };
    this.#targets.set(key, target);
    return target;
  }
}

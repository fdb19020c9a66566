import { assert } from '../../base/assert.js';
import type { CredentialDigest, Digest, EventId, LabelDigest, Nation } from '../../domain/ids.js';
import type { Act, CredentialStatus, Decision } from '../../domain/release.js';

/** Everything a decision rests on, by digest. Item facts count where a grant or consent is held. */
export interface CacheKey {
  readonly act: Act;
  readonly label: LabelDigest;
  readonly party: CredentialDigest | null;
  readonly partyStatus: CredentialStatus;
  readonly originator: Nation;
  readonly policySet: Digest;
  readonly facts?: {
    readonly item: EventId;
    /** Digest of the grants and consents held for the item. */
    readonly digest: Digest;
  };
}

interface Slot {
  readonly fromMs: number;
  readonly decision: Decision;
}

function keyText(key: CacheKey): string {
  const { act, label, party, partyStatus, originator, policySet, facts } = key;
  const item = facts === undefined ? '' : `${facts.item}|${facts.digest}`;
  return [act, label, party ?? '', partyStatus, originator, policySet, item].join('|');
}

/**
 * Remembers decisions while no dated input changes: from the moment of the decision until its
 * `validUntil`. A clock that runs backwards finds nothing. Bounded: the oldest entry goes first.
 */
export class DecisionCache {
  readonly #slots = new Map<string, Slot>();
  readonly #max: number;

  constructor(max = 10_000) {
    assert(Number.isSafeInteger(max) && max > 0, 'a cache has room');
    this.#max = max;
  }

  /** The remembered decision, or the one that `make` takes now. */
  get(key: CacheKey, nowMs: number, make: () => Decision): Decision {
    const text = keyText(key);
    const held = this.#slots.get(text);
    if (held !== undefined && nowMs >= held.fromMs && nowMs < held.decision.validUntil) {
      return held.decision;
    }
    const decision = make();
    this.#slots.delete(text);
    if (this.#slots.size >= this.#max) this.#dropOldest();
    this.#slots.set(text, { fromMs: nowMs, decision });
    return decision;
  }

  #dropOldest(): void {
    // A Map iterates in order of insertion.
    for (const oldest of this.#slots.keys()) {
      this.#slots.delete(oldest);
      return;
    }
  }
}

import type { Result } from '../../base/result.js';
import type { EntryId } from '../../domain/ids.js';

/**
 * What the protocol needs to know of entries; handed in. `S` is the settled state: opaque and
 * immutable here, so that every uncommitted branch folds its own. All functions are pure and read
 * nothing but their arguments, or replicas would disagree on a block.
 */
export interface SettlementRules<S> {
  /**
   * Entry id of the exact bytes, and the key under which an entry can be settled only once (the
   * core id). Refuses bytes that are not in canonical form.
   */
  identify(bytes: Uint8Array): Result<EntryIdentity, string>;
  /** True when the entry may be settled next on `state` in a block of this height, or why not. */
  validate(state: S, entry: Uint8Array, height: number): true | string;
  /** The settled state after a valid entry. */
  apply(state: S, entry: Uint8Array, height: number): S;
  /** Whose quota of the pool the entry uses; without it, that of the peer it came from. */
  submitterOf?(entry: Uint8Array): string;
}

export interface EntryIdentity {
  readonly entryId: EntryId;
  readonly key: string;
}

/** Ed25519 verification of RFC 8032. False for any malformed key or signature. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

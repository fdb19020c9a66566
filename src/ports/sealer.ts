import type { Result } from '../base/result.js';
import type { Digest } from '../domain/ids.js';

export interface SealedBox {
  /** dCBOR { 0: 1, 1: iv, 2: ct }. */
  readonly box: Uint8Array;
  readonly boxHash: Digest;
  /** SHA-256("entente:commit:1" ‖ salt ‖ plaintext). */
  readonly commitment: Digest;
  readonly bucket: number;
}

export type SealRefusal = 'BAD_SEAL';

export interface HpkeRecipient {
  readonly kem: number;
  readonly publicKey: Uint8Array;
}

export interface Wrap {
  readonly enc: Uint8Array;
  readonly wrapped: Uint8Array;
}

/** Boxes (AES-256-GCM with a salted commitment, padded to buckets) and HPKE wraps (RFC 9180). */
export interface Sealer {
  /** Seals under a 32-byte content key; `aad` is the bind of the event. The iv is fresh and random. */
  seal(contentKey: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): SealedBox;
  /** Opens and checks tag, padding, canonical inner and commitment. */
  open(
    contentKey: Uint8Array,
    aad: Uint8Array,
    sealed: { readonly box: Uint8Array; readonly boxHash: Digest; readonly commitment: Digest },
  ): Result<Uint8Array, SealRefusal>;
  /** Wraps one 32-byte secret for each recipient, padded with dummies to 4, 8, 16 or 32, in random order; answers each recipient's index. */
  wrap(
    secret: Uint8Array,
    recipients: readonly HpkeRecipient[],
    bind: Uint8Array,
  ): Promise<{ readonly wraps: readonly Wrap[]; readonly indexes: readonly number[] }>;
  /** Tries the node's own HPKE private keys on each wrap; null when none opens. */
  unwrap(
    wraps: readonly Wrap[],
    bind: Uint8Array,
  ): Promise<{ readonly index: number; readonly secret: Uint8Array } | null>;
}

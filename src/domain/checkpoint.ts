import type { Digest, Kid, Nation } from './ids.js';
import type { Precedence } from './event.js';

/** Header of one leaf of a national log (RFC 9162 tree, salted leaves): a dCBOR array of nine. */
export interface LeafHeader {
  readonly index: number;
  /** Label class: one release set of the originator; 0 is open and holds exactly the inline events. */
  readonly class: number;
  readonly classSeq: number;
  /** Leaf hash of the previous leaf of the class; 32 zero bytes at first. */
  readonly classPrev: Digest;
  readonly precedence: Precedence;
  /** Node time of admission, whole Unix seconds. */
  readonly admitted: number;
  /** Whole Unix seconds, rounded up; 0 = none. */
  readonly expiry: number;
  /** SHA-256 of the record. */
  readonly recordHash: Digest;
  readonly salt: Uint8Array;
}

/** Signed head of a national log. */
export interface Checkpoint {
  readonly nation: Nation;
  readonly logNumber: number;
  readonly size: number;
  readonly root: Digest;
  readonly labelRoot: Digest;
  /** Unix seconds. */
  readonly time: number;
  /** Node key that signed it, and the signature over the COSE Sig_structure. */
  readonly kid: Kid;
  readonly signature: Uint8Array;
}

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, u64be, utf8 } from '../../base/bytes.js';
import { encodeCbor } from '../../domain/codec/dcbor.js';
import { hash } from '../../domain/codec/hash.js';
import type { Digest } from '../../domain/ids.js';
import { ZERO_32, idBytes } from '../../domain/ids.js';
import { TAGS } from '../../domain/tags.js';
import { treeRoot } from './merkle.js';

/**
 * Label classes of a national log. A class is one release set of the originator; its leaves form a
 * chain of their own. The label root commits to the count and head of every class at one size, so
 * that nobody can hide a readable event from a reader of the class.
 */

const CLASS_PREFIX = Uint8Array.of(2);
const CLASS_SALT_BYTES = 16;

/** How far a class has come: leaves so far and the hash of the last one (32 zero bytes at 0). */
export interface ClassHead {
  readonly count: number;
  readonly head: Digest;
}

export const EMPTY_CLASS: ClassHead = { count: 0, head: ZERO_32 };

/**
 * First 16 bytes of HMAC-SHA256(log secret, tag ‖ u64(class) ‖ u64(size)). It changes with the
 * size, so outsiders cannot see which class grew; it is fixed by the size, so one size has one root.
 */
export function classSalt(logSecret: Uint8Array, cls: number, size: number): Uint8Array {
  const message = concatBytes(utf8(TAGS.classSalt), u64be(cls), u64be(size));
  return hmac(sha256, logSecret, message).slice(0, CLASS_SALT_BYTES);
}

/** SHA-256(0x02 ‖ dCBOR [class, count, head, salt]). */
export function classLeaf(cls: number, { count, head }: ClassHead, salt: Uint8Array): Uint8Array {
  return hash(CLASS_PREFIX, encodeCbor([cls, count, idBytes(head), salt]));
}

/** Class leaves of a log at `size`, padded to a power of two with classes of count 0. */
export function classLeaves(
  heads: readonly ClassHead[],
  logSecret: Uint8Array,
  size: number,
): readonly Uint8Array[] {
  let width = 1;
  while (width < heads.length) width *= 2;
  return Array.from({ length: width }, (_, cls) =>
    classLeaf(cls, heads[cls] ?? EMPTY_CLASS, classSalt(logSecret, cls, size)),
  );
}

/** Root over all classes of a log at `size`, in class order. */
export function labelRootOf(
  heads: readonly ClassHead[],
  logSecret: Uint8Array,
  size: number,
): Digest {
  return toHex(treeRoot(classLeaves(heads, logSecret, size))) as Digest;
}

import { assert } from '../../base/assert.js';
import { equalBytes } from '../../base/bytes.js';
import { nodeHash, splitOf, treeRoot } from './merkle.js';

/** Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4). */

/** PATH(index, leaves): the hashes that lead from one leaf to the root, bottom up. */
export function inclusionProof(
  leaves: readonly Uint8Array[],
  index: number,
): readonly Uint8Array[] {
  assert(index >= 0 && index < leaves.length, 'the leaf is in the tree');
  const path: Uint8Array[] = [];
  let from = 0;
  let to = leaves.length;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      path.push(treeRoot(leaves, middle, to));
      to = middle;
    } else {
      path.push(treeRoot(leaves, from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/** PROOF(size, leaves): shows that the tree of the first `size` leaves is a prefix of the whole. */
export function consistencyProof(
  leaves: readonly Uint8Array[],
  size: number,
): readonly Uint8Array[] {
  assert(size > 0 && size <= leaves.length, 'the earlier tree has leaves and is not the larger');
  const path: Uint8Array[] = [];
  let from = 0;
  let to = leaves.length;
  while (size < to) {
    const middle = from + splitOf(to - from);
    if (size <= middle) {
      path.push(treeRoot(leaves, middle, to));
      to = middle;
    } else {
      path.push(treeRoot(leaves, from, middle));
      from = middle;
    }
  }
  // The root of the earlier tree itself is known to the verifier; a part of it is not.
  if (from > 0) path.push(treeRoot(leaves, from, to));
  return path.reverse();
}

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(claim: InclusionClaim, proof: readonly Uint8Array[]): boolean {
  if (!(claim.index >= 0 && claim.index < claim.size)) return false;
  let fn = claim.index;
  let sn = claim.size - 1;
  let node = claim.leaf;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      node = nodeHash(sibling, node);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equalBytes(node, claim.root);
}

/** A tree by its size and root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && 2 ** Math.round(Math.log2(n)) === n;
}

/** RFC 9162 section 2.1.4.2. The earlier tree must not be empty: everything extends nothing. */
export function verifyConsistency(
  first: TreeHead,
  second: TreeHead,
  proof: readonly Uint8Array[],
): boolean {
  if (!(first.size > 0 && first.size <= second.size)) return false;
  if (first.size === second.size) {
    return proof.length === 0 && equalBytes(first.root, second.root);
  }
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof;
  let [earlier] = path;
  let later = earlier;
  if (earlier === undefined || later === undefined) return false;
  let fn = first.size - 1;
  let sn = second.size - 1;
  while (isOdd(fn)) {
    fn = half(fn);
    sn = half(sn);
  }
  for (const node of path.slice(1)) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      earlier = nodeHash(node, earlier);
      later = nodeHash(node, later);
      while (!isOdd(fn) && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      later = nodeHash(later, node);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && equalBytes(earlier, first.root) && equalBytes(later, second.root);
}

import { assert } from '../../base/assert.js';
import { hash } from '../../domain/codec/hash.js';

/**
 * The Merkle tree of RFC 9162 section 2.1. Hashes are 32 bytes. A tree under construction is kept
 * as its peaks: the roots of the maximal full subtrees, largest first, at most log2 n of them.
 */

const NODE_PREFIX = Uint8Array.of(1);

/** Root of the tree without leaves: the hash of nothing. */
export const EMPTY_ROOT = hash();

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(NODE_PREFIX, left, right);
}

/** Number of peaks of a tree of `size` leaves: the one bits of the size. */
export function peakCount(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

/** Peaks after one more leaf hash. */
export function appendPeak(
  peaks: readonly Uint8Array[],
  size: number,
  leaf: Uint8Array,
): readonly Uint8Array[] {
  const next = peaks.slice();
  let node = leaf;
  for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
    const left = next.pop();
    assert(left !== undefined, 'the peaks fit the size');
    node = nodeHash(left, node);
  }
  next.push(node);
  return next;
}

export function rootOfPeaks(peaks: readonly Uint8Array[]): Uint8Array {
  return (
    peaks.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : nodeHash(left, right)),
      undefined,
    ) ?? EMPTY_ROOT
  );
}

/** Largest power of two smaller than `size`, which is at least 2. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** Root of the leaf hashes from `from` to before `to`. */
export function treeRoot(leaves: readonly Uint8Array[], from = 0, to = leaves.length): Uint8Array {
  let peaks: readonly Uint8Array[] = [];
  for (let i = from; i < to; i++) {
    const leaf = leaves[i];
    assert(leaf !== undefined, 'every leaf of the range is there');
    peaks = appendPeak(peaks, i - from, leaf);
  }
  return rootOfPeaks(peaks);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/base/bytes.js';
import { hash } from '../../../src/domain/codec/hash.js';
import {
  EMPTY_ROOT,
  consistencyProof,
  inclusionProof,
  nodeHash,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
} from '../../../src/core/log/index.js';

// Leaves and roots of the reference implementation of Certificate Transparency.
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => hash(Uint8Array.of(0), fromHex(hex)));
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => hash(`leaf ${String(i)}`));
}

/** The definition of the tree hash (RFC 9162 section 2.1.1), word for word. */
function definition(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(definition(leaves.slice(0, k)), definition(leaves.slice(k)));
}

describe('Merkle tree', () => {
  it('has the roots of the Certificate Transparency vectors', () => {
    const roots = CT_ROOTS.map((_, size) => toHex(treeRoot(CT_LEAVES, 0, size)));
    expect(roots).toEqual(CT_ROOTS);
  });

  it('agrees with the recursive definition for every size up to 70', () => {
    const leaves = leavesOf(70);
    for (let size = 0; size <= 70; size++) {
      const part = leaves.slice(0, size);
      expect(toHex(treeRoot(part))).toBe(toHex(definition(part)));
    }
  });
});

describe('inclusion proofs', () => {
  it('has the paths of the Certificate Transparency vectors', () => {
    const path = (index: number, size: number) =>
      inclusionProof(CT_LEAVES.slice(0, size), index).map(toHex);
    expect(path(0, 1)).toEqual([]);
    expect(path(0, 8)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(path(1, 5)).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });

  it('verifies for each leaf of each size, and for nothing else', () => {
    const leaves = leavesOf(33);
    for (let size = 1; size <= 33; size++) {
      const root = treeRoot(leaves, 0, size);
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(leaves.slice(0, size), index);
        const claim = { index, size, leaf: leaves[index]!, root };
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(verifyInclusion({ ...claim, leaf: hash('other') }, proof)).toBe(false);
        expect(verifyInclusion({ ...claim, index: index + 1 }, proof)).toBe(false);
        expect(verifyInclusion(claim, [...proof, hash('more')])).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(claim, proof.slice(1))).toBe(false);
      }
    }
  });
});

describe('consistency proofs', () => {
  it('has the paths of the Certificate Transparency vectors', () => {
    const path = (first: number, second: number) =>
      consistencyProof(CT_LEAVES.slice(0, second), first).map(toHex);
    expect(path(1, 1)).toEqual([]);
    expect(path(6, 8)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(path(2, 5)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
  });

  it('verifies for each pair of sizes, and not for another history', () => {
    const leaves = leavesOf(33);
    const forked = [...leaves];
    forked[0] = hash('rewritten');
    for (let second = 1; second <= 33; second++) {
      for (let first = 1; first <= second; first++) {
        const a = { size: first, root: treeRoot(leaves, 0, first) };
        const b = { size: second, root: treeRoot(leaves, 0, second) };
        const proof = consistencyProof(leaves.slice(0, second), first);
        expect(verifyConsistency(a, b, proof)).toBe(true);
        const other = { size: second, root: treeRoot(forked, 0, second) };
        const forkProof = consistencyProof(forked.slice(0, second), first);
        expect(verifyConsistency(a, other, proof)).toBe(false);
        expect(verifyConsistency(a, other, forkProof)).toBe(false);
      }
    }
  });

  it('refuses any proof with one byte changed', () => {
    const leaves = leavesOf(40);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 39 }),
        fc.nat(),
        fc.nat({ max: 31 }),
        (first, at, byte) => {
          const proof = consistencyProof(leaves, first).map((node) => node.slice());
          proof[at % proof.length]![byte]! ^= 1;
          const a = { size: first, root: treeRoot(leaves, 0, first) };
          return !verifyConsistency(a, { size: 40, root: treeRoot(leaves) }, proof);
        },
      ),
    );
  });
});

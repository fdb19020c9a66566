import { describe, expect, test } from 'vitest';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, utf8 } from '../../../src/base/bytes.js';
import { payloadRoot } from '../../../src/domain/codec/consensus.js';
import {
  decodeGenesis,
  encodeGenesis,
  genesisEpoch,
  leaderOrder,
  opIdOf,
} from '../../../src/domain/codec/genesis.js';
import { idBytes } from '../../../src/domain/ids.js';
import { ed25519Keys, genesisOf } from '../../sim/keys.js';
import { entryId } from './fixtures.js';

const genesis = genesisOf(ed25519Keys(4));

describe('genesis', () => {
  test('is 37 + 67n bytes and round trips', () => {
    const bytes = encodeGenesis(genesis);
    expect(bytes).toHaveLength(37 + 4 * 67);
    expect(decodeGenesis(bytes)).toEqual({ ok: true, value: genesis });
    for (const cut of [0, 36, 37, bytes.length - 1]) {
      expect(decodeGenesis(bytes.subarray(0, cut)).ok).toBe(false);
    }
  });

  test('names the operation: H(0x11, genesis)', () => {
    const preimage = concatBytes(
      utf8('entente:bft:1'),
      Uint8Array.of(0, 0x11),
      encodeGenesis(genesis),
    );
    expect(opIdOf(genesis)).toBe(toHex(sha256(preimage)));
  });

  test('members out of order, twice, or cft with four are refused', () => {
    const swapped = encodeGenesis(genesis);
    const [a, b] = [swapped.slice(4, 71), swapped.slice(71, 138)];
    swapped.set(b, 4);
    swapped.set(a, 71);
    expect(decodeGenesis(swapped).ok).toBe(false);
    const cft = encodeGenesis(genesis);
    cft[4 + 4 * 67] = 2;
    expect(decodeGenesis(cft).ok).toBe(false);
    expect(() => encodeGenesis({ ...genesis, members: [...genesis.members].reverse() })).toThrow();
  });

  test('begins epoch 1 above the operation id', () => {
    const epoch = genesisEpoch(genesis);
    expect(epoch).toMatchObject({ epoch: 1, q: 3, anchor: { digest: epoch.opId, height: 0 } });
    expect([...epoch.order].sort()).toEqual([0, 1, 2, 3]);
    expect(epoch.order).toEqual(leaderOrder(epoch.opId, 1, 4));
  });
});

describe('payload root', () => {
  const leaf = (n: number): Uint8Array =>
    sha256(concatBytes(Uint8Array.of(0), idBytes(entryId(n))));
  const node = (a: Uint8Array, b: Uint8Array): Uint8Array =>
    sha256(concatBytes(Uint8Array.of(1), a, b));

  test('is the RFC 6962 tree hash', () => {
    const ids = [1, 2, 3, 4, 5].map(entryId);
    expect(payloadRoot([])).toBe(toHex(sha256(new Uint8Array(0))));
    expect(payloadRoot(ids.slice(0, 1))).toBe(toHex(leaf(1)));
    expect(payloadRoot(ids.slice(0, 3))).toBe(toHex(node(node(leaf(1), leaf(2)), leaf(3))));
    expect(payloadRoot(ids)).toBe(
      toHex(node(node(node(leaf(1), leaf(2)), node(leaf(3), leaf(4))), leaf(5))),
    );
  });
});

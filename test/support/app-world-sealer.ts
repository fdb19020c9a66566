import { createSealer } from '../../src/adapters/keys/index.js';
import type { RawKeyPair } from '../../src/adapters/keys/index.js';
import { cborMap, decodeCbor, encodeCbor } from '../../src/domain/codec/dcbor.js';
import { hashHex } from '../../src/domain/codec/hash.js';
import { commitmentOf } from '../../src/domain/codec/release-keys.js';
import type { Digest } from '../../src/domain/ids.js';
import { err, ok } from '../../src/base/result.js';
import type { Sealer } from '../../src/ports/sealer.js';
import { keyOf } from './identity-world.js';

/** Counts what a sealer does off the event loop's thread, so that a test knows when all is quiet. */
export function watched(sealer: Sealer, pending: { count: number }): Sealer {
  const counted = async <T>(task: Promise<T>): Promise<T> => {
    pending.count++;
    try {
      return await task;
    } finally {
      pending.count--;
    }
  };
  return {
    seal: sealer.seal,
    open: sealer.open,
    wrap: (...args) => counted(sealer.wrap(...args)),
    unwrap: (...args) => counted(sealer.unwrap(...args)),
  };
}

/** A sealer that seals nothing: its boxes hold the plaintext. Shows that a canary check can fail. */
export function identitySealer(pair: RawKeyPair): Sealer {
  const salt = keyOf('identity sealer').publicKey;
  return {
    ...createSealer([pair]),
    seal: (_key, _aad, plaintext) => {
      const box = encodeCbor(cborMap([0, 1], [1, new Uint8Array(12)], [2, plaintext]));
      const commitment = commitmentOf(salt, plaintext);
      return { box, boxHash: hashHex(box) as Digest, commitment, bucket: 256 };
    },
    open: (_key, _aad, { box, commitment }) => {
      const decoded = decodeCbor(box);
      const bytes: unknown = decoded.ok && decoded.value instanceof Map && decoded.value.get(2);
      const fits = bytes instanceof Uint8Array && commitmentOf(salt, bytes) === commitment;
      return fits ? ok(bytes) : err('BAD_SEAL');
    },
  };
}

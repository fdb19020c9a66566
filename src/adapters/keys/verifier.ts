import type { KeyObject } from 'node:crypto';
import { verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { toHex } from '../../base/bytes.js';
import type { Verifier } from '../../ports/verifier.js';
import { publicKeyObject } from './key-pair.js';

/** Key imports cost more than a verification: keep the objects of keys in use. */
const KEYS_MAX = 4096;

/** OpenSSL imports small-order, mixed-order and non-canonical keys; all three checks are needed. */
function isSaneKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  try {
    const point = ed25519.Point.fromBytes(publicKey);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * The one Ed25519 predicate: `node:crypto`. Other libraries accept odd signatures that it rejects,
 * and replicas that disagree about a signature disagree about a certificate.
 */
export function createVerifier(): Verifier {
  const keys = new Map<string, KeyObject>();
  const keyOf = (publicKey: Uint8Array): KeyObject | undefined => {
    if (publicKey.length !== 32) return undefined;
    const name = toHex(publicKey);
    let key = keys.get(name);
    if (key === undefined) {
      try {
        key = publicKeyObject('ed25519', publicKey);
      } catch {
        return undefined;
      }
      if (keys.size >= KEYS_MAX) keys.clear();
      keys.set(name, key);
    }
    return key;
  };
  return {
    isSaneKey,
    verify(publicKey, message, signature) {
      const key = keyOf(publicKey);
      return key !== undefined && signature.length === 64 && verify(null, message, key, signature);
    },
    verifyAsync(publicKey, message, signature) {
      const key = keyOf(publicKey);
      if (key === undefined || signature.length !== 64) return Promise.resolve(false);
      return new Promise((resolve, reject) => {
        verify(null, message, key, signature, (error, good) => {
          if (error) reject(error);
          else resolve(good);
        });
      });
    },
  };
}

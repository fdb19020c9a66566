import type { webcrypto } from 'node:crypto';
import { randomBytes, randomInt } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { assert } from '../../base/assert.js';
import { hpkeInfo } from '../../domain/codec/release-keys.js';
import type { HpkeRecipient, Sealer, Wrap } from '../../ports/sealer.js';
import { openBox, sealBox } from './box.js';
import type { RawKeyPair } from './key-pair.js';
import { generateKeyPair } from './key-pair.js';

declare global {
  /** The HPKE package names the DOM's type, which Node's own types keep under `webcrypto`. */
  type CryptoKey = webcrypto.CryptoKey;
}

/** DHKEM(X25519, HKDF-SHA256), RFC 9180 section 7.1. */
export const KEM_X25519 = 0x0020;
const WRAP_COUNTS = [4, 8, 16, 32] as const;
const WRAPPED_BYTES = 48;

function suite(): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

/** WebCrypto wants bytes of its own: never a view into a larger buffer. */
function own(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

async function wrapFor(secret: Uint8Array, to: HpkeRecipient, bind: Uint8Array): Promise<Wrap> {
  assert(to.kem === KEM_X25519, 'recipients use DHKEM(X25519, HKDF-SHA256)');
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(own(to.publicKey));
  const sealed = await hpke.seal(
    { recipientPublicKey, info: own(hpkeInfo(bind)) },
    own(secret),
    own(bind),
  );
  return { enc: new Uint8Array(sealed.enc), wrapped: new Uint8Array(sealed.ct) };
}

/** A dummy is a real public key and random bytes: random key bytes alone could be told apart. */
function dummy(): Wrap {
  return {
    enc: new Uint8Array(generateKeyPair('x25519').publicKey),
    wrapped: new Uint8Array(randomBytes(WRAPPED_BYTES)),
  };
}

/** A random permutation of 0..n−1 (Fisher–Yates). */
function shuffled(n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

async function tryOpen(
  wrap: Wrap,
  pair: RawKeyPair,
  bind: Uint8Array,
): Promise<Uint8Array | undefined> {
  const hpke = suite();
  try {
    const recipientKey = await hpke.kem.deserializePrivateKey(own(pair.privateKey));
    const secret = await hpke.open(
      { recipientKey, enc: own(wrap.enc), info: own(hpkeInfo(bind)) },
      own(wrap.wrapped),
      own(bind),
    );
    return new Uint8Array(secret);
  } catch {
    // Another recipient's wrap, a dummy, or one moved here from another grant: not ours.
    return undefined;
  }
}

/** Seals and wraps with keys held in this process. `keys`: the node's live X25519 pairs. */
export function createSealer(keys: readonly RawKeyPair[]): Sealer {
  return {
    seal: sealBox,
    open: openBox,
    async wrap(secret, recipients, bind) {
      const count = WRAP_COUNTS.find((size) => size >= recipients.length);
      assert(count !== undefined, 'a grant has at most 32 recipients');
      const places = shuffled(count);
      const wraps = Array.from({ length: count }, dummy);
      const indexes: number[] = [];
      for (const [i, recipient] of recipients.entries()) {
        const place = places[i] ?? 0;
        wraps[place] = await wrapFor(secret, recipient, bind);
        indexes.push(place);
      }
      return { wraps, indexes };
    },
    async unwrap(wraps, bind) {
      for (const [index, wrap] of wraps.entries()) {
        for (const pair of keys) {
          const secret = await tryOpen(wrap, pair, bind);
          if (secret !== undefined) return { index, secret };
        }
      }
      return null;
    },
  };
}

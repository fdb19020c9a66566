import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { assert } from '../../base/assert.js';
import { concatBytes, u32be } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { cborMap, decodeCbor, encodeCbor } from '../../domain/codec/dcbor.js';
import { hashHex } from '../../domain/codec/hash.js';
import { commitmentOf } from '../../domain/codec/release-keys.js';
import type { Digest } from '../../domain/ids.js';
import { BOX_BUCKETS, LIMITS } from '../../domain/limits.js';
import type { SealRefusal, SealedBox } from '../../ports/sealer.js';

const TAG_BYTES = 16;
const IV_BYTES = 12;
const LENGTH_BYTES = 4;
const BAD: Result<never, SealRefusal> = err('BAD_SEAL');

/**
 * Seals a plaintext: a salted commitment inside, padding to a bucket, AES-256-GCM outside. The iv
 * is random and never derived: a node restored from a backup may seal one position twice.
 */
export function sealBox(key: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): SealedBox {
  assert(plaintext.length <= LIMITS.plaintextBytesMax, 'a sealed plaintext is within its limit');
  const salt = randomBytes(32);
  const inner = encodeCbor(cborMap([0, salt], [1, plaintext]));
  const bucket = BOX_BUCKETS.find((size) => size >= inner.length + LENGTH_BYTES);
  assert(bucket !== undefined, 'the largest bucket holds the largest plaintext');
  const padding = new Uint8Array(bucket - LENGTH_BYTES - inner.length);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad);
  const padded = concatBytes(u32be(inner.length), inner, padding);
  const ct = concatBytes(cipher.update(padded), cipher.final(), cipher.getAuthTag());
  const box = encodeCbor(cborMap([0, 1], [1, new Uint8Array(iv)], [2, ct]));
  return {
    box,
    boxHash: hashHex(box) as Digest,
    commitment: commitmentOf(salt, plaintext),
    bucket,
  };
}

function decrypt(key: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  const decoded = decodeCbor(box);
  if (!decoded.ok || !(decoded.value instanceof Map) || decoded.value.size !== 3) return undefined;
  const iv: unknown = decoded.value.get(1);
  const ct: unknown = decoded.value.get(2);
  if (decoded.value.get(0) !== 1 || !(iv instanceof Uint8Array) || iv.length !== IV_BYTES) {
    return undefined;
  }
  if (!(ct instanceof Uint8Array) || ct.length < TAG_BYTES) return undefined;
  const body = ct.subarray(0, ct.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, iv)
    .setAAD(aad)
    .setAuthTag(ct.subarray(ct.length - TAG_BYTES));
  try {
    return concatBytes(decipher.update(body), decipher.final());
  } catch {
    return undefined;
  }
}

/** Salt and plaintext of a padded inner, or undefined when padding or form is wrong. */
function unpad(padded: Uint8Array): { salt: Uint8Array; plaintext: Uint8Array } | undefined {
  if (!(BOX_BUCKETS as readonly number[]).includes(padded.length)) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - LENGTH_BYTES) return undefined;
  if (padded.subarray(LENGTH_BYTES + length).some((byte) => byte !== 0)) return undefined;
  const inner = decodeCbor(padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  if (!inner.ok || !(inner.value instanceof Map) || inner.value.size !== 2) return undefined;
  const salt: unknown = inner.value.get(0);
  const plaintext: unknown = inner.value.get(1);
  if (!(salt instanceof Uint8Array) || salt.length !== 32 || !(plaintext instanceof Uint8Array)) {
    return undefined;
  }
  return { salt, plaintext };
}

/** Opens a box: hash, tag, padding, canonical inner and commitment must all hold. */
export function openBox(
  key: Uint8Array,
  aad: Uint8Array,
  sealed: { readonly box: Uint8Array; readonly boxHash: Digest; readonly commitment: Digest },
): Result<Uint8Array, SealRefusal> {
  if (hashHex(sealed.box) !== sealed.boxHash) return BAD;
  const padded = decrypt(key, aad, sealed.box);
  const inner = padded && unpad(padded);
  if (inner === undefined) return BAD;
  // AES-GCM does not commit to its key: without this, one box could open to two different texts.
  if (commitmentOf(inner.salt, inner.plaintext) !== sealed.commitment) return BAD;
  return ok(inner.plaintext);
}

import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { assert } from '../../base/assert.js';
import { equalBytes } from '../../base/bytes.js';

/**
 * Deterministic CBOR (RFC 8949 section 4.2), narrowed: definite lengths, shortest integers, no
 * floats, no tags, no undefined, text in NFC, integers up to 2^53 − 1, no byte-string keys, keys of
 * one map all integers or all text. Under these rules the RFC 8949 and RFC 7049 key orders agree.
 */
export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap;
export type CborMap = ReadonlyMap<number | string, Cbor>;

export type CborRefusal = 'MALFORMED' | 'NOT_CANONICAL';

const ENCODE_BYTEWISE = rfc8949EncodeOptions;

/** A map from [key, value] pairs; pairs whose value is `undefined` are left out. */
export function cborMap(
  ...pairs: readonly (readonly [number | string, Cbor | undefined])[]
): CborMap {
  const out = new Map<number | string, Cbor>();
  for (const [key, value] of pairs) if (value !== undefined) out.set(key, value);
  return out;
}

function checkEncodable(value: Cbor): void {
  if (typeof value === 'number') {
    assert(Number.isSafeInteger(value) && !Object.is(value, -0), 'CBOR numbers are safe integers');
  } else if (typeof value === 'string') {
    assert(value === value.normalize('NFC'), 'CBOR text is in NFC');
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Cbor[]) checkEncodable(item);
  } else if (value instanceof Map) {
    for (const [key, item] of value as CborMap) {
      checkEncodable(key);
      checkEncodable(item);
    }
  }
}

/** Canonical bytes. A value outside the profile is a bug of the caller and throws AssertionError. */
export function encodeCbor(value: Cbor): Uint8Array {
  checkEncodable(value);
  // Both key orders must agree (a property of the profile); keys are sorted by cborg itself.
  const bytes = encode(value, ENCODE_BYTEWISE);
  assert(equalBytes(bytes, encode(value)), 'the two CBOR key orders agree');
  return bytes;
}

/**
 * Deepest nesting of arrays and maps; the deepest object of the formats needs ten. A bound, because
 * few bytes nest deep enough to exhaust the stack of whoever walks the value.
 */
const DEPTH_MAX = 32;

function inProfile(value: unknown, depth = 0): value is Cbor {
  if (depth > DEPTH_MAX) return false;
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value === 'string') return value === value.normalize('NFC');
  if (value === null || typeof value === 'boolean' || value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.every((item) => inProfile(item, depth + 1));
  if (value instanceof Map) {
    for (const [key, item] of value) {
      if (!(typeof key === 'number' || typeof key === 'string')) return false;
      if (!inProfile(key, depth + 1) || !inProfile(item, depth + 1)) return false;
    }
    return true;
  }
  return false;
}

/** Strict decode of one complete item; anything but its own canonical bytes is refused. */
export function decodeCbor(bytes: Uint8Array): Result<Cbor, CborRefusal> {
  let value: unknown;
  try {
    value = decode(bytes, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowNaN: false,
      allowInfinity: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
      useMaps: true,
    });
  } catch {
    return err('MALFORMED');
  }
  if (!inProfile(value)) return err('NOT_CANONICAL');
  // cborg's strict mode checks neither key order nor float width: encode again and compare.
  return equalBytes(encode(value, ENCODE_BYTEWISE), bytes) ? ok(value) : err('NOT_CANONICAL');
}

import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { concatBytes, toHex, utf8 } from '../../base/bytes.js';
import type { Kid } from '../ids.js';
import { idBytes } from '../ids.js';
import type { Cbor, CborRefusal } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import { hash } from './hash.js';

/** COSE algorithm "Ed25519" (RFC 9864), the only one of version 1. */
const ALG_ED25519 = -19;
const TAG_SIGN1 = 0xd2;

/** A decoded COSE_Sign1 (RFC 9052 section 4.2) of the one accepted form. */
export interface Sign1 {
  readonly kid: Kid;
  readonly protectedBytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** Certificate chain of protected header 33 (credentials only). */
  readonly x5chain?: Uint8Array;
}

export type Sign1Refusal = CborRefusal | 'HEADER';

/** RFC 9679 thumbprint of a raw Ed25519 public key. */
export function thumbprint(publicKey: Uint8Array): Kid {
  return toHex(hash(encodeCbor(cborMap([1, 1], [-1, 6], [-2, publicKey])))) as Kid;
}

export function protectedHeader(kid: Kid, typ: string): Uint8Array {
  return encodeCbor(cborMap([1, ALG_ED25519], [4, idBytes(kid)], [16, typ]));
}

/** Sig_structure: what Ed25519 signs. `externalAad` is the domain tag of the object type. */
export function sigStructure(
  protectedBytes: Uint8Array,
  externalAad: string,
  payload: Uint8Array,
): Uint8Array {
  return encodeCbor(['Signature1', protectedBytes, utf8(externalAad), payload]);
}

export function encodeSign1(
  protectedBytes: Uint8Array,
  payload: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  const item = encodeCbor([protectedBytes, new Map(), payload, signature]);
  return concatBytes(Uint8Array.of(TAG_SIGN1), item);
}

function protectedOf(
  bytes: Uint8Array,
  typ: string,
): Result<{ kid: Kid; x5chain?: Uint8Array }, Sign1Refusal> {
  const header = decodeCbor(bytes);
  if (!header.ok) return header;
  const map = header.value;
  if (!(map instanceof Map)) return err('HEADER');
  const kid: unknown = map.get(4);
  const chain: unknown = map.get(33);
  const size = chain === undefined ? 3 : 4;
  if (map.size !== size || map.get(1) !== ALG_ED25519 || map.get(16) !== typ) return err('HEADER');
  if (!(kid instanceof Uint8Array) || kid.length !== 32) return err('HEADER');
  if (chain === undefined) return ok({ kid: toHex(kid) as Kid });
  return chain instanceof Uint8Array
    ? ok({ kid: toHex(kid) as Kid, x5chain: chain })
    : err('HEADER');
}

/**
 * Strict decode: tag 18, four elements, empty unprotected map, exactly the headers 1, 4 and 16 (33
 * besides), algorithm −19 and the expected `typ`; outer and protected bytes canonical.
 */
export function decodeSign1(bytes: Uint8Array, typ: string): Result<Sign1, Sign1Refusal> {
  if (bytes[0] !== TAG_SIGN1 || bytes[1] !== 0x84) return err('MALFORMED');
  const outer = decodeCbor(bytes.subarray(1));
  if (!outer.ok) return outer;
  const item: Cbor = outer.value;
  if (!Array.isArray(item) || item.length !== 4) return err('MALFORMED');
  const [head, unprotected, payload, signature] = item as readonly Cbor[];
  if (!(head instanceof Uint8Array) || !(payload instanceof Uint8Array)) return err('MALFORMED');
  if (!(unprotected instanceof Map) || unprotected.size !== 0) return err('HEADER');
  if (!(signature instanceof Uint8Array) || signature.length !== 64) return err('MALFORMED');
  const header = protectedOf(head, typ);
  if (!header.ok) return header;
  return ok({ ...header.value, protectedBytes: head, payload, signature });
}

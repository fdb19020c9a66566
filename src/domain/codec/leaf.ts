import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { toHex } from '../../base/bytes.js';
import type { LeafHeader } from '../checkpoint.js';
import { PRECEDENCES } from '../event.js';
import type { Digest } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import type { Refusal } from '../refusal.js';
import type { Cbor } from './dcbor.js';
import { decodeCbor, encodeCbor } from './dcbor.js';
import { hash } from './hash.js';
import { SchemaError, asBytes, asNamed, asTuple, asUint } from './reader.js';

export type LeafFormRefusal = Refusal<'LEAF_FORM'>;

/** Bytes of the random salt that keeps a withheld leaf from being guessed. */
export const LEAF_SALT_BYTES = 16;

/** Prefix of a leaf hash (RFC 9162 section 2.1.1). */
const LEAF_PREFIX = Uint8Array.of(0);

/** The leaf of an event in its nation's log: an array of nine. */
export function leafHeaderToCbor(header: LeafHeader): Cbor {
  return [
    header.index,
    header.class,
    header.classSeq,
    idBytes(header.classPrev),
    PRECEDENCES.indexOf(header.precedence),
    header.admitted,
    header.expiry,
    idBytes(header.recordHash),
    header.salt,
  ];
}

/** Canonical bytes of a leaf header: what its hash is taken of. */
export function encodeLeafHeader(header: LeafHeader): Uint8Array {
  return encodeCbor(leafHeaderToCbor(header));
}

/** SHA-256(0x00 ‖ header), as bytes. */
export function leafHashOf(headerBytes: Uint8Array): Uint8Array {
  return hash(LEAF_PREFIX, headerBytes);
}

/** The hash that stands for a leaf in the tree, and for the leaf itself where it is withheld. */
export function leafHash(header: LeafHeader): Digest {
  return toHex(leafHashOf(encodeLeafHeader(header))) as Digest;
}

/** Reads a leaf header out of decoded CBOR; `field` names it in refusals. */
export function leafHeaderFrom(value: Cbor | undefined, field: string): LeafHeader {
  const [index, cls, classSeq, classPrev, precedence, admitted, expiry, recordHash, salt] = asTuple(
    value,
    field,
    9,
  );
  return {
    index: asUint(index, `${field}.index`),
    class: asUint(cls, `${field}.class`),
    classSeq: asUint(classSeq, `${field}.classSeq`),
    classPrev: idFromBytes<Digest>(asBytes(classPrev, `${field}.classPrev`, 32)),
    precedence: asNamed(precedence, `${field}.precedence`, PRECEDENCES),
    admitted: asUint(admitted, `${field}.admitted`),
    expiry: asUint(expiry, `${field}.expiry`),
    recordHash: idFromBytes<Digest>(asBytes(recordHash, `${field}.recordHash`, 32)),
    salt: asBytes(salt, `${field}.salt`, LEAF_SALT_BYTES),
  };
}

function refusal(field: string, rule: string): LeafFormRefusal {
  return {
    code: 'LEAF_FORM',
    field,
    rule,
    authority: 'national log',
    detail: `${field}: ${rule}`,
    remedy: 'fetch the leaf again from another holder',
  };
}

/** Strict decode: anything but the canonical bytes of a header is refused. */
export function decodeLeafHeader(bytes: Uint8Array): Result<LeafHeader, LeafFormRefusal> {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err(refusal('leaf', 'is canonical CBOR'));
  try {
    return ok(leafHeaderFrom(decoded.value, 'leaf'));
  } catch (error) {
    if (error instanceof SchemaError) return err(refusal(error.field, error.rule));
    throw error;
  }
}

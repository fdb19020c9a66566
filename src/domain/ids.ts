import type { Brand } from '../base/brand.js';
import { fromHex, toHex } from '../base/bytes.js';

/**
 * Identifiers. All binary ids are lower-case hex in memory (they compare, print and key maps as they
 * are; code-unit order of hex is bytewise order) and byte strings on the wire.
 */

/** ISO 3166-1 alpha-3, upper case. */
export type Nation = Brand<string, 'Nation'>;
/** RFC 9679 thumbprint of an Ed25519 key, 32 bytes. */
export type Kid = Brand<string, 'Kid'>;
/** SHA-256("entente:event-id:1" ‖ payload), 32 bytes. No signature byte enters it. */
export type EventId = Brand<string, 'EventId'>;
/** Full operation id, 32 bytes: H(0x11, Genesis). */
export type OpId = Brand<string, 'OpId'>;
/** First 16 bytes of the operation id: how events name it. 16 zero bytes for national events. */
export type Op = Brand<string, 'Op'>;
/** Settlement id: H(0x14, core), 32 bytes. */
export type CoreId = Brand<string, 'CoreId'>;
/** Id of a complete settlement entry: H(0x15, entry), 32 bytes. */
export type EntryId = Brand<string, 'EntryId'>;
/** Digest of a consensus block header: H(0x10, header), 32 bytes. */
export type BlockId = Brand<string, 'BlockId'>;
/** SHA-256("entente:label:1" ‖ label bytes), 32 bytes. */
export type LabelDigest = Brand<string, 'LabelDigest'>;
/** SHA-256 of a credential's COSE_Sign1 bytes. */
export type CredentialDigest = Brand<string, 'CredentialDigest'>;
/** SHA-256("entente:declaration:1" ‖ document), 32 bytes. */
export type DeclarationDigest = Brand<string, 'DeclarationDigest'>;
/** Config digest H(0x16, configuration), 32 bytes. */
export type ConfigDigest = Brand<string, 'ConfigDigest'>;
/** SHA-256("entente:rk-id:1" ‖ …): names and commits to a release key, 32 bytes. */
export type ReleaseKeyId = Brand<string, 'ReleaseKeyId'>;
/** SHA-256("entente:release-set:1" ‖ …), 32 bytes. */
export type ReleaseSetDigest = Brand<string, 'ReleaseSetDigest'>;
/** SHA-256("entente:commit:1" ‖ salt ‖ event id): a blinded reference, 32 bytes. */
export type Blind = Brand<string, 'Blind'>;
/** Any other SHA-256 value, 32 bytes. */
export type Digest = Brand<string, 'Digest'>;

const NATION_FORM = /^[A-Z]{3}$/;

export function isNation(text: string): text is Nation {
  return NATION_FORM.test(text);
}

/** The nation code, or RangeError naming the rule. */
export function nation(text: string): Nation {
  if (!isNation(text)) throw new RangeError(`not an ISO 3166-1 alpha-3 code: ${text}`);
  return text;
}

type HexId = Brand<string, string>;

/** Reads an id of `size` bytes from hex. Throws RangeError when the form is wrong. */
export function idFromHex<T extends HexId>(hex: string, size = 32): T {
  if (hex.length !== 2 * size || !/^[0-9a-f]*$/.test(hex)) {
    throw new RangeError(`not ${String(size)} bytes of lower-case hex`);
  }
  return hex as T;
}

/** Reads an id from exactly `size` bytes. Throws RangeError otherwise. */
export function idFromBytes<T extends HexId>(bytes: Uint8Array, size = 32): T {
  if (bytes.length !== size) throw new RangeError(`not ${String(size)} bytes`);
  return toHex(bytes) as T;
}

export function idBytes(id: HexId): Uint8Array {
  return fromHex(id);
}

export const ZERO_32 = '00'.repeat(32) as Digest;
/** The op of national events: credentials, trust lists, declarations, acceptances. */
export const NATIONAL_OP = '00'.repeat(16) as Op;

/** The short form of an operation id that events carry. */
export function opOf(opId: OpId): Op {
  return opId.slice(0, 32) as Op;
}

import type { Result } from '../../base/result.js';
import type { Certificate, Header } from '../consensus.js';
import { LIMITS } from '../limits.js';
import type { Acceptance } from '../operation.js';
import { decodeWhole } from './consensus-bytes.js';
import type { BinaryRefusal } from './consensus-bytes.js';
import {
  decodeCertificate,
  encodeCertificate,
  encodeHeader,
  readHeader,
} from './consensus-parts.js';
import type { Cbor } from './dcbor.js';
import { cborMap, encodeCbor } from './dcbor.js';
import { acceptanceFrom, acceptanceToCbor } from './declaration.js';
import { SchemaError, asArray, asBytes, asMap, asUint, onlyKeys } from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** One file that proves a settlement to whoever holds the nations' roots: no network, no key. */
export interface SettlementBundle {
  /** The operation declaration, exact bytes. It fixes the genesis and with it the operation id. */
  readonly declaration: Uint8Array;
  readonly acceptances: readonly Acceptance[];
  /** Exact bytes of the authorities' and replicas' credentials and their issuers, roots included. */
  readonly credentials: readonly Uint8Array[];
  readonly entry: Uint8Array;
  /** Place of the entry in its block, and the RFC 6962 path from its leaf to the payload root. */
  readonly index: number;
  readonly path: readonly Uint8Array[];
  /** From the entry's block to the certified one, ascending. */
  readonly headers: readonly Header[];
  readonly certificate: Certificate;
}

const VERSION = 1;
/** A handful for each participant: offices, replica, issuers, root. */
const CREDENTIALS_MAX = 1024;
/** Blocks from an entry to the certificate that covers it: a few, or a long run of SEALs. */
const HEADERS_MAX = 4096;
const PATH_MAX = 16;

export function encodeBundle(b: SettlementBundle): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, VERSION],
      [1, b.declaration],
      [2, b.acceptances.map(acceptanceToCbor)],
      [3, b.credentials],
      [4, b.entry],
      [5, b.index],
      [6, b.path],
      [7, b.headers.map(encodeHeader)],
      [8, encodeCertificate(b.certificate)],
    ),
  );
}

function binary<T>(read: Result<T, BinaryRefusal>): T {
  if (!read.ok) throw new SchemaError(read.error.field, read.error.detail);
  return read.value;
}

function headerFrom(value: Cbor): Header {
  return binary(decodeWhole(asBytes(value, 'headers'), readHeader));
}

function bundleFrom(value: Cbor): SettlementBundle {
  const map = asMap(value, 'bundle');
  onlyKeys(map, 'bundle', [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  if (map.get(0) !== VERSION) throw new SchemaError('bundle.version', 'is 1');
  return {
    declaration: asBytes(map.get(1), 'declaration'),
    acceptances: asArray(map.get(2), 'acceptances', LIMITS.membersMax).map(acceptanceFrom),
    credentials: asArray(map.get(3), 'credentials', CREDENTIALS_MAX).map((one) =>
      asBytes(one, 'credentials'),
    ),
    entry: asBytes(map.get(4), 'entry'),
    index: asUint(map.get(5), 'index', LIMITS.blockEntriesMax - 1),
    path: asArray(map.get(6), 'path', PATH_MAX).map((node) => asBytes(node, 'path', 32)),
    headers: asArray(map.get(7), 'headers', HEADERS_MAX).map(headerFrom),
    certificate: binary(decodeCertificate(asBytes(map.get(8), 'certificate'))),
  };
}

export function decodeBundle(bytes: Uint8Array): Result<SettlementBundle, FormRefusal> {
  return decodeDocument(bytes, { name: 'bundle', from: bundleFrom, encode: encodeBundle });
}

import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Digest, EventId, Kid, LabelDigest, Nation } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import type { Cbor } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import { nationFrom } from './event-body.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';

/** Why a key was granted, in wire order. */
export const GRANT_CAUSES = [
  'standing',
  'rotation',
  'human-decision',
  're-wrap',
  'bulk-release',
] as const;
export type GrantCause = (typeof GRANT_CAUSES)[number];

/** The sealed body of a key grant: every holder of the key sees who else was given it. */
export interface GrantRecord {
  readonly scope: 0 | 1;
  readonly recipients: readonly {
    readonly wrapIndex: number;
    readonly nation: Nation;
    readonly node: Kid;
    /** 8 bytes, hex. */
    readonly prekey: string;
    /** The recipient's credential key was used because no prekey was valid. */
    readonly fallback: boolean;
  }[];
  readonly releaseSet: readonly Nation[];
  readonly purpose: string;
  readonly authorityEvent: EventId | null;
  /** Label of the target (scope 1), or that first needed this set (scope 0). */
  readonly label: LabelDigest;
  readonly keyEpoch: number | null;
  readonly policySet: Digest;
  readonly cause: GrantCause;
}

export function encodeGrantRecord(record: GrantRecord): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, record.scope],
      [
        1,
        record.recipients.map((r) => [
          r.wrapIndex,
          r.nation,
          idBytes(r.node),
          idBytes(r.prekey as Kid),
          r.fallback ? 1 : 0,
        ]),
      ],
      [2, record.releaseSet],
      [3, record.purpose],
      [4, record.authorityEvent === null ? null : idBytes(record.authorityEvent)],
      [5, idBytes(record.label)],
      [6, record.keyEpoch],
      [7, idBytes(record.policySet)],
      [8, GRANT_CAUSES.indexOf(record.cause)],
    ),
  );
}

function recipientFrom(value: Cbor): GrantRecord['recipients'][number] {
  const [wrapIndex, nation, node, prekey, fallback] = asTuple(value, 'recipient', 5);
  return {
    wrapIndex: asUint(wrapIndex, 'recipient.wrapIndex', 31),
    nation: nationFrom(nation, 'recipient.nation'),
    node: idFromBytes<Kid>(asBytes(node, 'recipient.node', 32)),
    prekey: idFromBytes<Kid>(asBytes(prekey, 'recipient.prekey', 8), 8),
    fallback: asUint(fallback, 'recipient.fallback', 1) === 1,
  };
}

function recordFrom(value: Cbor): GrantRecord {
  const map = asMap(value, 'record');
  onlyKeys(map, 'record', [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const [authority, keyEpoch] = [map.get(4), map.get(6)];
  return {
    scope: asUint(map.get(0), 'record.scope', 1) === 0 ? 0 : 1,
    recipients: asArray(map.get(1), 'record.recipients', 32).map(recipientFrom),
    releaseSet: asArray(map.get(2), 'record.releaseSet', 256).map((code) =>
      nationFrom(code, 'record.releaseSet'),
    ),
    purpose: asText(map.get(3), 'record.purpose'),
    authorityEvent:
      authority === null
        ? null
        : idFromBytes<EventId>(asBytes(authority, 'record.authorityEvent', 32)),
    label: idFromBytes<LabelDigest>(asBytes(map.get(5), 'record.label', 32)),
    keyEpoch: keyEpoch === null ? null : asUint(keyEpoch, 'record.keyEpoch'),
    policySet: idFromBytes<Digest>(asBytes(map.get(7), 'record.policySet', 32)),
    cause: asNamed<GrantCause>(map.get(8), 'record.cause', GRANT_CAUSES),
  };
}

export function decodeGrantRecord(
  bytes: Uint8Array,
): Result<GrantRecord, { readonly field: string; readonly rule: string }> {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err({ field: 'record', rule: 'is canonical CBOR' });
  try {
    return ok(recordFrom(decoded.value));
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ field: error.field, rule: error.rule });
  }
}

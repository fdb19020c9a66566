import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Event, EventPayload, Head, Role, TimeSource } from '../event.js';
import { PRECEDENCES, ROLES, TIME_SOURCES } from '../event.js';
import type { EventType } from '../event-types.js';
import { EVENT_TYPES, eventTypeOf } from '../event-types.js';
import type {
  ConfigDigest,
  CredentialDigest,
  Digest,
  EventId,
  Kid,
  LabelDigest,
  Op,
} from '../ids.js';
import { NATIONAL_OP, ZERO_32, idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import { TAGS } from '../tags.js';
import type { Cbor, CborMap } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import type { Sign1Refusal } from './cose.js';
import { decodeSign1, encodeSign1, protectedHeader, sigStructure } from './cose.js';
import {
  bodyFrom,
  bodyToCbor,
  grantFrom,
  grantToCbor,
  nationFrom,
  parentFrom,
  parentToCbor,
} from './event-body.js';
import { hashHex } from './hash.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';

/** Media type of an event in its COSE protected header. */
export const EVENT_TYP = 'application/x-entente-event+cbor';

export interface EventRefusal {
  readonly code: Sign1Refusal | 'SCHEMA';
  readonly field: string;
  readonly rule: string;
}

/** Types of national events, which belong to no operation and carry the zero op. */
const NATIONAL_TYPES: readonly EventType[] = [
  'credential',
  'trust-list',
  'status-list',
  'status-delta',
  'rotate',
  'rekey',
  'prekeys',
  'override',
  'declaration',
  'acceptance',
];
/** Types that may stand under the zero op too: keys of national events, and evidence about them. */
const EITHER_TYPES: readonly EventType[] = [
  'key-request',
  'key-grant',
  'key-receipt',
  'integrity',
  'integrity-answer',
];

const KEYS = Array.from({ length: 19 }, (_, i) => i);

function headToCbor(head: Head): Cbor {
  return [idBytes(head.kid), head.seq, idBytes(head.id)];
}

/** Canonical payload bytes. */
export function encodePayload(p: EventPayload): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, 1],
      [1, idBytes(p.op)],
      [2, p.nation],
      [3, idBytes(p.author)],
      [4, p.seq],
      [5, p.prev === null ? null : idBytes(p.prev)],
      [6, [p.time.ms, p.time.uncertaintyMs, TIME_SOURCES.indexOf(p.time.source)]],
      [7, EVENT_TYPES[p.type]],
      [8, ROLES.indexOf(p.role)],
      [9, cborMap([0, 1], [1, idBytes(p.label.digest)], [2, p.label.bytes])],
      [10, bodyToCbor(p.body)],
      [11, p.parents.map(parentToCbor)],
      [12, idBytes(p.credential)],
      [13, p.heads?.map(headToCbor)],
      [14, [p.epoch.number, idBytes(p.epoch.config)]],
      [15, p.proximity?.map(idBytes)],
      [16, p.precedence === 'routine' ? undefined : PRECEDENCES.indexOf(p.precedence)],
      [17, p.notAfterMs],
      [18, p.grant && grantToCbor(p.grant)],
    ),
  );
}

/** Event id: no signature byte enters it. */
export function eventId(payload: Uint8Array): EventId {
  return hashHex(TAGS.eventId, payload) as EventId;
}

/** What the author signs. */
export function eventTbs(author: Kid, payload: Uint8Array): Uint8Array {
  return sigStructure(protectedHeader(author, EVENT_TYP), TAGS.event, payload);
}

/** The record of a payload and its signature. */
export function assembleEvent(author: Kid, payload: Uint8Array, signature: Uint8Array): Uint8Array {
  return encodeSign1(protectedHeader(author, EVENT_TYP), payload, signature);
}

function typeFrom(value: Cbor | undefined): EventType {
  const type = eventTypeOf(asUint(value, 'type'));
  if (type === undefined) throw new SchemaError('type', 'is a known event type');
  return type;
}

function headsFrom(value: Cbor | undefined): readonly Head[] {
  const heads = asArray(value, 'heads', LIMITS.headsMax).map((item) => {
    const [kid, seq, id] = asTuple(item, 'heads', 3);
    return {
      kid: idFromBytes<Kid>(asBytes(kid, 'heads.kid', 32)),
      seq: asUint(seq, 'heads.seq'),
      id: idFromBytes<EventId>(asBytes(id, 'heads.id', 32)),
    };
  });
  for (let i = 1; i < heads.length; i++) {
    const [before, after] = [heads[i - 1], heads[i]];
    if (before && after && before.kid >= after.kid) {
      throw new SchemaError('heads', 'are sorted by kid, each once');
    }
  }
  return heads;
}

function optionalFrom(map: CborMap): Partial<EventPayload> {
  const [heads, proximity, notAfter, grant] = [13, 15, 17, 18].map((key) => map.get(key));
  return {
    ...(heads === undefined ? {} : { heads: headsFrom(heads) }),
    ...(proximity === undefined
      ? {}
      : {
          proximity: asArray(proximity, 'proximity', LIMITS.parentsMax).map((id) =>
            idFromBytes<Digest>(asBytes(id, 'proximity', 32)),
          ),
        }),
    ...(notAfter === undefined ? {} : { notAfterMs: asUint(notAfter, 'notAfter') }),
    ...(grant === undefined ? {} : { grant: grantFrom(grant) }),
  };
}

function labelFrom(value: Cbor | undefined): EventPayload['label'] {
  const map = asMap(value, 'label');
  onlyKeys(map, 'label', [0, 1, 2]);
  if (map.get(0) !== 1) throw new SchemaError('label.version', 'is 1');
  const digest = idFromBytes<LabelDigest>(asBytes(map.get(1), 'label.digest', 32));
  const bytes = map.get(2);
  return bytes === undefined ? { digest } : { digest, bytes: asBytes(bytes, 'label.bytes') };
}

function timeFrom(value: Cbor | undefined): EventPayload['time'] {
  const [ms, uncertainty, source] = asTuple(value, 'time', 3);
  return {
    ms: asUint(ms, 'time.ms'),
    uncertaintyMs: asUint(uncertainty, 'time.uncertainty'),
    source: asNamed<TimeSource>(source, 'time.source', TIME_SOURCES),
  };
}

function epochFrom(value: Cbor | undefined): EventPayload['epoch'] {
  const [number, config] = asTuple(value, 'epoch', 2);
  return {
    number: asUint(number, 'epoch.number'),
    config: idFromBytes<ConfigDigest>(asBytes(config, 'epoch.config', 32)),
  };
}

function precedenceFrom(value: Cbor | undefined): EventPayload['precedence'] {
  if (value === undefined) return 'routine';
  const precedence = asNamed(value, 'precedence', PRECEDENCES);
  if (precedence === 'routine') throw new SchemaError('precedence', 'is absent when routine');
  return precedence;
}

function payloadFrom(value: Cbor): EventPayload {
  const map = asMap(value, 'payload');
  onlyKeys(map, 'payload', KEYS);
  if (map.get(0) !== 1) throw new SchemaError('version', 'is 1');
  const nation = nationFrom(map.get(2), 'nation');
  const prev = map.get(5);
  return {
    op: idFromBytes<Op>(asBytes(map.get(1), 'op', 16), 16),
    nation,
    author: idFromBytes<Kid>(asBytes(map.get(3), 'author', 32)),
    seq: asUint(map.get(4), 'seq'),
    prev: prev === null ? null : idFromBytes<EventId>(asBytes(prev, 'prev', 32)),
    time: timeFrom(map.get(6)),
    type: typeFrom(map.get(7)),
    role: asNamed<Role>(map.get(8), 'role', ROLES),
    label: labelFrom(map.get(9)),
    body: bodyFrom(map.get(10)),
    parents: asArray(map.get(11), 'parents', LIMITS.parentsMax).map((parent, i) =>
      parentFrom(parent, `parents.${String(i)}`),
    ),
    credential: idFromBytes<CredentialDigest>(asBytes(map.get(12), 'credential', 32)),
    epoch: epochFrom(map.get(14)),
    precedence: precedenceFrom(map.get(16)),
    ...optionalFrom(map),
  };
}

/** Rules that look at more than one field. */
function checkPayload(p: EventPayload): void {
  if ((p.seq === 0) !== (p.prev === null)) throw new SchemaError('prev', 'is null only at seq 0');
  if ((p.type === 'key-grant') !== (p.grant !== undefined)) {
    throw new SchemaError('grant', 'stands exactly in a key-grant');
  }
  if (p.body.form === 'sealed') {
    if ((p.body.releaseKey === undefined) !== (p.type === 'key-grant')) {
      throw new SchemaError('body.releaseKey', 'is absent exactly in a key-grant');
    }
  }
  const national = p.op === NATIONAL_OP;
  if (!EITHER_TYPES.includes(p.type) && national !== NATIONAL_TYPES.includes(p.type)) {
    throw new SchemaError(
      'op',
      national ? 'is an operation for this type' : 'is zero for this type',
    );
  }
  if (!national) return;
  if (p.role !== 'observing') throw new SchemaError('role', 'is observing under the zero op');
  if (p.epoch.number !== 0 || (p.epoch.config as string) !== ZERO_32) {
    throw new SchemaError('epoch', 'is zero under the zero op');
  }
}

/**
 * Steps 1 to 5 of verification: size, tag, strict decode, canonical re-encoding of outer, protected
 * and payload bytes, exact header, payload schema. Nothing is verified yet.
 */
export function decodeEvent(record: Uint8Array): Result<Event, EventRefusal> {
  if (record.length > LIMITS.eventBytesMax) {
    const rule = `is at most ${String(LIMITS.eventBytesMax)} bytes`;
    return err({ code: 'MALFORMED', field: 'record', rule });
  }
  const outer = decodeSign1(record, EVENT_TYP);
  if (!outer.ok) {
    return err({ code: outer.error, field: 'record', rule: 'is a canonical COSE_Sign1 event' });
  }
  const { kid, payload: payloadBytes, protectedBytes, signature, x5chain } = outer.value;
  if (x5chain !== undefined) {
    return err({ code: 'HEADER', field: 'protected.33', rule: 'is absent in events' });
  }
  const decoded = decodeCbor(payloadBytes);
  if (!decoded.ok) {
    return err({ code: decoded.error, field: 'payload', rule: 'is canonical CBOR' });
  }
  try {
    const payload = payloadFrom(decoded.value);
    checkPayload(payload);
    if (payload.author !== kid) throw new SchemaError('author', 'equals the protected kid');
    return ok({
      id: eventId(payloadBytes),
      record,
      payloadBytes,
      tbs: sigStructure(protectedBytes, TAGS.event, payloadBytes),
      signature,
      payload,
    });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ code: 'SCHEMA', field: error.field, rule: error.rule });
  }
}

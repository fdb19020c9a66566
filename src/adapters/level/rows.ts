import { equalBytes } from '../../base/bytes.js';
import type { Cbor } from '../../domain/codec/dcbor.js';
import { decodeCbor, encodeCbor } from '../../domain/codec/dcbor.js';
import { decodeEvent } from '../../domain/codec/event.js';
import { decodeLeafHeader, encodeLeafHeader, leafHashOf } from '../../domain/codec/leaf.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asText,
  asTuple,
  asUint,
} from '../../domain/codec/reader.js';
import type { EventId, Nation } from '../../domain/ids.js';
import { idBytes, idFromBytes } from '../../domain/ids.js';
import type { Draft, Leaf, StoredEvent } from '../../ports/event-log.js';
import type { StorePlace } from './store-error.js';
import { damaged } from './store-error.js';

/** Forms of the rows. What cannot have been written as it stands is damage, never a default. */

function read<T>(place: StorePlace, bytes: Uint8Array, of: (value: Cbor) => T): T {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) throw damaged(place, 'is not canonical CBOR');
  try {
    return of(decoded.value);
  } catch (error) {
    if (error instanceof SchemaError) throw damaged(place, error.message);
    throw error;
  }
}

export function encodeNumber(value: number): Uint8Array {
  return encodeCbor(value);
}

export function decodeNumber(table: string, bytes: Uint8Array): number {
  return read({ table }, bytes, (value) => asUint(value, 'number'));
}

/** Events: [arrival, received, subject, record]. */
export function encodeEventRow(stored: StoredEvent): Uint8Array {
  return encodeCbor([stored.arrival, stored.receivedMs, stored.subject, stored.event.record]);
}

export function decodeEventRow(id: EventId, bytes: Uint8Array): StoredEvent {
  const place = { table: 'event' };
  return read(place, bytes, (value) => {
    const [arrival, received, subject, record] = asTuple(value, 'row', 4);
    const event = decodeEvent(asBytes(record, 'record'));
    if (!event.ok) throw damaged(place, `${id} is no event: ${event.error.field}`);
    if (event.value.id !== id) throw damaged(place, `${id} holds event ${event.value.id}`);
    return {
      event: event.value,
      arrival: asUint(arrival, 'arrival'),
      receivedMs: asUint(received, 'received'),
      subject: asText(subject, 'subject'),
    };
  });
}

/** Leaves: [0, header, event id, leaf hash] or [1, leaf hash]. */
export function encodeLeafRow(leaf: Leaf): Uint8Array {
  if (leaf.kind === 'withheld') return encodeCbor([1, idBytes(leaf.hash)]);
  const header = encodeLeafHeader(leaf.header);
  return encodeCbor([0, header, idBytes(leaf.id), leafHashOf(header)]);
}

/** The hash of the leaf in a row, without a look at the rest. */
export function leafHashOfRow(place: StorePlace, bytes: Uint8Array): Uint8Array {
  return read(place, bytes, (value) => asBytes(asArray(value, 'row').at(-1), 'hash', 32));
}

export function decodeLeafRow(nation: Nation, index: number, bytes: Uint8Array): Leaf {
  const place = { table: 'leaf', nation, index };
  return read(place, bytes, (value) => {
    const [kind] = asArray(value, 'row', 4);
    if (kind === 1) {
      const [, hash] = asTuple(value, 'row', 2);
      return { kind: 'withheld', index, hash: idFromBytes(asBytes(hash, 'hash', 32)) };
    }
    const [zero, headerBytes, id, hash] = asTuple(value, 'row', 4);
    if (zero !== 0) throw new SchemaError('kind', 'is 0 or 1');
    const bytesOfHeader = asBytes(headerBytes, 'header');
    if (!equalBytes(leafHashOf(bytesOfHeader), asBytes(hash, 'hash', 32))) {
      throw damaged(place, 'has another hash than it was stored with');
    }
    const header = decodeLeafHeader(bytesOfHeader);
    if (!header.ok) throw damaged(place, header.error.detail);
    if (header.value.index !== index) throw damaged(place, 'holds a leaf of another position');
    return { kind: 'event', header: header.value, id: idFromBytes(asBytes(id, 'id', 32)) };
  });
}

/** Drafts: [subject, seq, payload, box or null]. */
export function encodeDraftRow({ subject, seq, payload, box }: Draft): Uint8Array {
  return encodeCbor([subject, seq, payload, box ?? null]);
}

export function decodeDraftRow(bytes: Uint8Array): Draft {
  return read({ table: 'draft' }, bytes, (value) => {
    const [subject, seq, payload, box] = asTuple(value, 'row', 4);
    return {
      subject: asText(subject, 'subject'),
      seq: asUint(seq, 'seq'),
      payload: asBytes(payload, 'payload'),
      ...(box === null ? {} : { box: asBytes(box, 'box') }),
    };
  });
}

/** Indexes of events hold the bare id. */
export function decodeId(table: string, bytes: Uint8Array): EventId {
  if (bytes.length !== 32) throw damaged({ table }, 'is not an id');
  return idFromBytes<EventId>(bytes);
}

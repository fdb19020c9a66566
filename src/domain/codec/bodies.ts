import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { BodyContent, BodyOf, BodyType, Opening } from '../body.js';
import type { EventType } from '../event-types.js';
import { LIMITS } from '../limits.js';
import {
  attestedCodec,
  consentCodec,
  contributionCodec,
  receiptCodec,
  textCodec,
  trackCodec,
} from './bodies-content.js';
import type { BodyCodec } from './bodies-content.js';
import {
  approvalCodec,
  decisionCodec,
  openingCodec,
  refusalCodec,
  settledCodec,
  taskingCodec,
} from './bodies-settlement.js';
import type { Cbor, CborMap } from './dcbor.js';
import { encodeCbor } from './dcbor.js';
import { SchemaError, asMap } from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** Bodies of events by type: versioned deterministic CBOR maps, key 0 the version. */

const CODECS: { readonly [T in BodyType]: BodyCodec<BodyOf<T>> } = {
  'intelligence-product': textCodec('intelligence-product'),
  'labelled-message': textCodec('labelled-message'),
  assessment: textCodec('assessment'),
  track: trackCodec('track'),
  observation: trackCodec('observation'),
  contribution: contributionCodec,
  'consumption-receipt': receiptCodec,
  'attested-for': attestedCodec,
  'decision-record': decisionCodec,
  tasking: taskingCodec,
  approval: approvalCodec,
  refusal: refusalCodec,
  'originator-consent': consentCodec,
  opening: openingCodec,
  'settled-record': settledCodec,
};

export const BODY_TYPES = Object.keys(CODECS) as readonly BodyType[];

export function hasBodyCodec(type: EventType): type is BodyType {
  return Object.hasOwn(CODECS, type);
}

/** Media type of the body of a type. */
export function bodyContentType(type: BodyType): string {
  return `application/x-entente-${type}+cbor`;
}

/** The codec of a type, seen as taking any content: the type stands in the content. */
function codecOf(type: BodyType): BodyCodec<BodyContent> {
  return CODECS[type] as BodyCodec<BodyContent>;
}

/** Text in NFC, as the canonical form asks: people and feeds write either form. */
function normalized(value: Cbor): Cbor {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return (value as readonly Cbor[]).map(normalized);
  if (!(value instanceof Map)) return value;
  return new Map([...(value as CborMap)].map(([key, item]) => [key, normalized(item)]));
}

/** Canonical bytes of a content. A content outside its schema is a bug of the caller. */
export function encodeBody(content: BodyContent): Uint8Array {
  return encodeCbor(normalized(codecOf(content.type).toCbor(content)));
}

/** Strict decode of the body of an event of this type. */
export function decodeBody(type: EventType, bytes: Uint8Array): Result<BodyContent, FormRefusal> {
  if (!hasBodyCodec(type)) return err({ field: 'body', rule: `has a known form for ${type}` });
  if (bytes.length > LIMITS.plaintextBytesMax) {
    return err({ field: 'body', rule: `is at most ${String(LIMITS.plaintextBytesMax)} bytes` });
  }
  return decodeDocument(bytes, {
    name: 'body',
    from: (value) => {
      const map = asMap(value, 'body');
      if (map.get(0) !== 1) throw new SchemaError('body.version', 'is 1');
      return codecOf(type).from(map);
    },
    encode: encodeBody,
  });
}

/** Canonical bytes of a content, or why it does not fit its schema. For content that people give. */
export function encodeBodyChecked(content: BodyContent): Result<Uint8Array, FormRefusal> {
  const bytes = encodeBody(content);
  const read = decodeBody(content.type, bytes);
  return read.ok ? ok(bytes) : read;
}

/** The blinded references that a content opens. */
export function openingsOf(content: BodyContent): readonly Opening[] {
  switch (content.type) {
    case 'decision-record':
    case 'tasking':
    case 'opening':
      return content.openings;
    default:
      return [];
  }
}

/** The salt of a content's own event: of an outcome, or of the right that it offers. */
export function ownSaltOf(content: BodyContent): Uint8Array | undefined {
  switch (content.type) {
    case 'decision-record':
    case 'tasking':
      return content.outcomeSalt;
    case 'contribution':
      return content.slotSalt;
    default:
      return undefined;
  }
}

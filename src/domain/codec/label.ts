import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { LabelDigest } from '../ids.js';
import type { Category, DigestedLabel, Label, LabelBody } from '../label.js';
import { LIMITS } from '../limits.js';
import { TAGS } from '../tags.js';
import type { Cbor, CborMap } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import { hashHex } from './hash.js';
import {
  SchemaError,
  asArray,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';

/** Compact projection of a STANAG 4774 label in deterministic CBOR. */

const KINDS = ['originator', 'alternative', 'metadata'] as const;
const TYPES = ['permissive', 'restrictive', 'informative'] as const;
const CATEGORIES_MAX = 32;
const VALUES_MAX = 256;
const TEXT_MAX = 256;

function bodyPairs(body: LabelBody): readonly (readonly [number, Cbor | undefined])[] {
  return [
    [2, [body.policy.name, body.policy.uri]],
    [3, body.classification],
    [4, body.privacyMark],
    [5, body.categories.map((c) => [TYPES.indexOf(c.type), c.tag, c.uri, c.values])],
    [6, body.originatorId && [body.originatorId.type, body.originatorId.id]],
    [7, body.created],
  ];
}

export function encodeLabel(label: Label): Uint8Array {
  const { succession } = label;
  return encodeCbor(
    cborMap(
      [0, 1],
      [1, KINDS.indexOf(label.kind)],
      ...bodyPairs(label),
      [8, label.review],
      [9, succession && [succession.at, cborMap(...bodyPairs(succession.successor))]],
      [10, label.id],
    ),
  );
}

export function labelDigest(bytes: Uint8Array): LabelDigest {
  return hashHex(TAGS.label, bytes) as LabelDigest;
}

/** A label with its bytes and the digest that names it. */
export function digestLabel(label: Label): DigestedLabel {
  const bytes = encodeLabel(label);
  return { digest: labelDigest(bytes), bytes, label };
}

/** Text that is trimmed and single-spaced, so that equal texts have equal bytes. */
function plain(value: Cbor | undefined, field: string): string {
  const text = asText(value, field, TEXT_MAX);
  if (text === '' || text !== text.trim() || /\s\s|[\t\n\r]/.test(text)) {
    throw new SchemaError(field, 'is trimmed, single-spaced and not empty');
  }
  return text;
}

const TIME_FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function zonedTime(value: Cbor | undefined, field: string): string {
  const text = asText(value, field, 40);
  if (!TIME_FORM.test(text) || Number.isNaN(Date.parse(text))) {
    throw new SchemaError(field, 'is an instant with a zone');
  }
  return text;
}

function uriFrom(value: Cbor | undefined, field: string): string | null {
  return value === null ? null : plain(value, field);
}

function categoryFrom(value: Cbor, i: number): Category {
  const field = `categories.${String(i)}`;
  const [type, tag, uri, values] = asTuple(value, field, 4);
  const list = asArray(values, `${field}.values`, VALUES_MAX).map((v) =>
    plain(v, `${field}.values`),
  );
  if (list.length === 0) throw new SchemaError(`${field}.values`, 'has at least one value');
  if (new Set(list).size !== list.length)
    throw new SchemaError(`${field}.values`, 'is without repeats');
  return {
    type: asNamed(type, `${field}.type`, TYPES),
    tag: plain(tag, `${field}.tag`),
    uri: uriFrom(uri, `${field}.uri`),
    values: list,
  };
}

function bodyFrom(map: CborMap): LabelBody {
  const [name, uri] = asTuple(map.get(2), 'policy', 2);
  const categories = asArray(map.get(5), 'categories', CATEGORIES_MAX).map(categoryFrom);
  const names = categories.map(({ tag, type }) => `${type} ${tag}`);
  if (new Set(names).size !== names.length) {
    throw new SchemaError('categories', 'name each tag and type once');
  }
  const [privacyMark, originator] = [map.get(4), map.get(6)];
  const base = {
    policy: { name: plain(name, 'policy.name'), uri: uriFrom(uri, 'policy.uri') },
    classification: plain(map.get(3), 'classification'),
    categories,
    created: zonedTime(map.get(7), 'created'),
    ...(privacyMark === undefined ? {} : { privacyMark: plain(privacyMark, 'privacyMark') }),
  };
  if (originator === undefined) return base;
  const [type, id] = asTuple(originator, 'originatorId', 2);
  return {
    ...base,
    originatorId: { type: asUint(type, 'originatorId.type', 7), id: plain(id, 'originatorId.id') },
  };
}

function successionFrom(value: Cbor): NonNullable<Label['succession']> {
  const [at, successor] = asTuple(value, 'succession', 2);
  const map = asMap(successor, 'succession.successor');
  onlyKeys(map, 'succession.successor', [2, 3, 4, 5, 6, 7]);
  return { at: zonedTime(at, 'succession.at'), successor: bodyFrom(map) };
}

function labelFrom(value: Cbor): Label {
  const map = asMap(value, 'label');
  onlyKeys(map, 'label', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  if (map.get(0) !== 1) throw new SchemaError('label.version', 'is 1');
  const [review, succession, id] = [8, 9, 10].map((key) => map.get(key));
  return {
    kind: asNamed(map.get(1), 'kind', KINDS),
    ...bodyFrom(map),
    ...(review === undefined ? {} : { review: zonedTime(review, 'review') }),
    ...(succession === undefined ? {} : { succession: successionFrom(succession) }),
    ...(id === undefined ? {} : { id: plain(id, 'id') }),
  };
}

/** Strict decode of the compact projection; the refusal names field and rule. */
export function decodeLabel(
  bytes: Uint8Array,
): Result<DigestedLabel, { readonly field: string; readonly rule: string }> {
  if (bytes.length > LIMITS.labelBytesMax) {
    return err({ field: 'label', rule: `is at most ${String(LIMITS.labelBytesMax)} bytes` });
  }
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err({ field: 'label', rule: 'is canonical CBOR' });
  try {
    return ok({ digest: labelDigest(bytes), bytes, label: labelFrom(decoded.value) });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ field: error.field, rule: error.rule });
  }
}

/** The built-in label that permits every admitted node: the only label of inline events. */
export const OPEN_LABEL: DigestedLabel = digestLabel({
  kind: 'originator',
  policy: { name: 'ENTENTE', uri: null },
  classification: 'OPEN',
  categories: [],
  created: '2026-01-01T00:00:00Z',
});

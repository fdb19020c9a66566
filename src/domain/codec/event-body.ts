import type { Body, KeyGrant, Parent, Role } from '../event.js';
import { OWN_RELATIONS, RELATIONS, ROLES } from '../event.js';
import type { Blind, Digest, EventId, LabelDigest, Nation, ReleaseKeyId } from '../ids.js';
import { idBytes, idFromBytes, isNation } from '../ids.js';
import { BOX_BUCKETS } from '../limits.js';
import type { Cbor } from './dcbor.js';
import { cborMap } from './dcbor.js';
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

/** Codecs of the structured fields of an event payload: body, parents, key grant. */

const SEALED_KEYS = {
  commitment: 0,
  boxHash: 1,
  contentType: 3,
  bucket: 4,
  releaseKey: 5,
} as const;
const INLINE_KEYS = { bytes: 2, contentType: 3 } as const;
const CONTENT_TYPE_CHARS_MAX = 128;

export function nationFrom(value: Cbor | undefined, field: string): Nation {
  const code = asText(value, field, 3);
  if (!isNation(code)) throw new SchemaError(field, 'is an ISO 3166-1 alpha-3 code');
  return code;
}

export function bodyToCbor(body: Body): Cbor {
  if (body.form === 'inline') return cborMap([2, body.bytes], [3, body.contentType]);
  return cborMap(
    [SEALED_KEYS.commitment, idBytes(body.commitment)],
    [SEALED_KEYS.boxHash, idBytes(body.boxHash)],
    [SEALED_KEYS.contentType, body.contentType],
    [SEALED_KEYS.bucket, body.bucket],
    [SEALED_KEYS.releaseKey, body.releaseKey && idBytes(body.releaseKey)],
  );
}

export function bodyFrom(value: Cbor | undefined): Body {
  const map = asMap(value, 'body');
  const contentType = asText(map.get(3), 'body.contentType', CONTENT_TYPE_CHARS_MAX);
  if (map.has(INLINE_KEYS.bytes)) {
    onlyKeys(map, 'body', Object.values(INLINE_KEYS));
    return { form: 'inline', bytes: asBytes(map.get(2), 'body.bytes'), contentType };
  }
  onlyKeys(map, 'body', Object.values(SEALED_KEYS));
  const bucket = asUint(map.get(4), 'body.bucket');
  if (!(BOX_BUCKETS as readonly number[]).includes(bucket)) {
    throw new SchemaError('body.bucket', `is one of ${BOX_BUCKETS.join(', ')}`);
  }
  const releaseKey = map.get(5);
  return {
    form: 'sealed',
    commitment: idFromBytes<Digest>(asBytes(map.get(0), 'body.commitment', 32)),
    boxHash: idFromBytes<Digest>(asBytes(map.get(1), 'body.boxHash', 32)),
    contentType,
    bucket,
    ...(releaseKey === undefined
      ? {}
      : { releaseKey: idFromBytes<ReleaseKeyId>(asBytes(releaseKey, 'body.releaseKey', 32)) }),
  };
}

export function parentToCbor(parent: Parent): Cbor {
  const relation = RELATIONS.indexOf(parent.relation);
  if (parent.form === 'blinded') return [idBytes(parent.blind), relation, parent.nation];
  return [
    idBytes(parent.id),
    relation,
    ROLES.indexOf(parent.role),
    parent.nation,
    idBytes(parent.label),
  ];
}

export function parentFrom(value: Cbor, field: string): Parent {
  const items = asArray(value, field, 5);
  const relation = asNamed(items[1], `${field}.relation`, RELATIONS);
  if (items.length === 3) {
    if (OWN_RELATIONS.includes(relation)) {
      throw new SchemaError(`${field}.relation`, `is not ${relation} in a blinded parent`);
    }
    return {
      form: 'blinded',
      blind: idFromBytes<Blind>(asBytes(items[0], `${field}.blind`, 32)),
      relation,
      nation: items[2] === null ? null : nationFrom(items[2], `${field}.nation`),
    };
  }
  asTuple(value, field, 5);
  const nation = nationFrom(items[3], `${field}.nation`);
  return {
    form: 'clear',
    id: idFromBytes<EventId>(asBytes(items[0], `${field}.id`, 32)),
    relation,
    role: asNamed<Role>(items[2], `${field}.role`, ROLES),
    nation,
    label: idFromBytes<LabelDigest>(asBytes(items[4], `${field}.label`, 32)),
  };
}

const WRAPS_COUNTS: readonly number[] = [4, 8, 16, 32];

export function grantToCbor(grant: KeyGrant): Cbor {
  const validity = grant.validity;
  return cborMap(
    [0, grant.scope === 'release-key' ? 0 : 1],
    [1, idBytes(grant.target)],
    [2, grant.wraps.map(({ enc, wrapped }) => [enc, wrapped])],
    [3, validity && [validity.keyEpoch, validity.notBeforeMs, validity.notAfterMs]],
    [4, grant.kem],
  );
}

export function grantFrom(value: Cbor | undefined): KeyGrant {
  const map = asMap(value, 'grant');
  onlyKeys(map, 'grant', [0, 1, 2, 3, 4]);
  const scope = asNamed(map.get(0), 'grant.scope', ['release-key', 'content-key'] as const);
  const wraps = asArray(map.get(2), 'grant.wraps', 32).map((wrap, i) => {
    const [enc, wrapped] = asTuple(wrap, `grant.wraps.${String(i)}`, 2);
    return {
      enc: asBytes(enc, `grant.wraps.${String(i)}.enc`, 32),
      wrapped: asBytes(wrapped, `grant.wraps.${String(i)}.wrapped`, 48),
    };
  });
  if (!WRAPS_COUNTS.includes(wraps.length)) {
    throw new SchemaError('grant.wraps', 'has 4, 8, 16 or 32 entries');
  }
  const base = {
    scope,
    target: idFromBytes<Digest>(asBytes(map.get(1), 'grant.target', 32)),
    wraps,
    kem: asUint(map.get(4), 'grant.kem', 0xffff),
  };
  if (scope === 'content-key') {
    if (map.has(3)) throw new SchemaError('grant.validity', 'is absent in a content-key grant');
    return base;
  }
  const [keyEpoch, from, to] = asTuple(map.get(3), 'grant.validity', 3);
  return {
    ...base,
    validity: {
      keyEpoch: asUint(keyEpoch, 'grant.validity.keyEpoch'),
      notBeforeMs: asUint(from, 'grant.validity.notBefore'),
      notAfterMs: asUint(to, 'grant.validity.notAfter'),
    },
  };
}

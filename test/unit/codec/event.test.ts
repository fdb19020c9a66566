import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, equalBytes, fromHex, toHex, utf8 } from '../../../src/base/bytes.js';
import { decodeSign1, encodeSign1, protectedHeader } from '../../../src/domain/codec/cose.js';
import { decodeCredential, encodeClaims } from '../../../src/domain/codec/credential.js';
import type { Cbor } from '../../../src/domain/codec/dcbor.js';
import { decodeCbor, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import { EVENT_TYP, decodeEvent, encodePayload } from '../../../src/domain/codec/event.js';
import { decodeGrantRecord, encodeGrantRecord } from '../../../src/domain/codec/grant-record.js';
import { decodeTrustList, encodeTrustList } from '../../../src/domain/codec/trust-list.js';
import type { EventPayload } from '../../../src/domain/event.js';
import { PRECEDENCES, RELATIONS, TIME_SOURCES } from '../../../src/domain/event.js';
import type { Digest, EventId, Kid, LabelDigest } from '../../../src/domain/ids.js';
import { NATIONAL_OP, ZERO_32 } from '../../../src/domain/ids.js';
import { TAGS } from '../../../src/domain/tags.js';
import {
  CLEARANCE,
  GBR,
  USA,
  authority,
  keyOf,
  payloadOf,
  recordOf,
} from '../../support/identity-world.js';

const base = payloadOf(authority);
const good = recordOf(base, 'authority');

/** A record around any payload bytes; its signature is noise, which the codec does not look at. */
function wrap(payload: Uint8Array, head = protectedHeader(authority.kid, EVENT_TYP)): Uint8Array {
  return encodeSign1(head, payload, new Uint8Array(64));
}

/** The base payload with one field put, or taken away. */
function altered(key: number, value: Cbor | undefined): Uint8Array {
  const decoded = decodeCbor(encodePayload(base));
  if (!decoded.ok || !(decoded.value instanceof Map)) throw new Error('the base is a map');
  const map = new Map<number | string, Cbor>(decoded.value as Map<number | string, Cbor>);
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return wrap(encodeCbor(map));
}

const id32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const payloads: fc.Arbitrary<EventPayload> = fc
  .record({
    seq: fc.nat(),
    prev: id32,
    ms: fc.maxSafeNat(),
    source: fc.constantFrom(...TIME_SOURCES),
    precedence: fc.constantFrom(...PRECEDENCES),
    bytes: fc.uint8Array({ maxLength: 200 }),
    sealed: fc.boolean(),
    parents: fc.array(
      fc.tuple(id32, fc.constantFrom(...RELATIONS), fc.boolean()).map(([id, relation, clear]) =>
        clear || ['supersedes', 'corrects', 'withdraws'].includes(relation)
          ? {
              form: 'clear' as const,
              id: id as EventId,
              relation,
              role: 'lead' as const,
              nation: GBR,
              label: id as LabelDigest,
            }
          : { form: 'blinded' as const, blind: id as never, relation, nation: null },
      ),
      { maxLength: 6 },
    ),
  })
  .map(({ seq, prev, ms, source, precedence, bytes, sealed, parents }) => ({
    ...base,
    seq,
    prev: seq === 0 ? null : (prev as EventId),
    time: { ms, uncertaintyMs: 1, source },
    precedence,
    parents,
    body: sealed
      ? {
          form: 'sealed' as const,
          commitment: prev as Digest,
          boxHash: prev as Digest,
          contentType: 'a/b',
          bucket: 1024,
          releaseKey: prev as never,
        }
      : { form: 'inline' as const, bytes, contentType: 'a/b' },
  }));

describe('event codec', () => {
  it('decodes what it encodes, to the same id', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const decoded = decodeEvent(wrap(encodePayload(payload)));
        expect(decoded).toMatchObject({ ok: true, value: { payload } });
      }),
      { numRuns: 300 },
    );
  });

  const cut = good.subarray(0, good.length - 1);
  it.each<[string, Uint8Array, string]>([
    ['too large', new Uint8Array(64 * 1024 + 1).fill(0xd2), 'MALFORMED'],
    ['wrong tag', concatBytes(Uint8Array.of(0xd1), good.subarray(1)), 'MALFORMED'],
    ['truncated', cut, 'MALFORMED'],
    ['trailing bytes', concatBytes(good, Uint8Array.of(0)), 'MALFORMED'],
    ['deep nesting', wrap(new Uint8Array(4000).fill(0x81, 0, 3999)), 'NOT_CANONICAL'],
    ['foreign typ', wrap(encodePayload(base), protectedHeader(authority.kid, 'x/y')), 'HEADER'],
    ['payload key 19', altered(19, 1), 'SCHEMA'],
    ['version 2', altered(0, 2), 'SCHEMA'],
    ['unknown type', altered(7, 0x7f), 'SCHEMA'],
    ['unknown role', altered(8, 3), 'SCHEMA'],
    ['no prev at seq 1', altered(4, 1), 'SCHEMA'],
    ['another author than the header', altered(3, new Uint8Array(32)), 'SCHEMA'],
    ['lower-case nation', altered(2, 'gbr'), 'SCHEMA'],
    [
      'two body forms',
      altered(
        10,
        new Map<number, Cbor>([
          [0, new Uint8Array(32)],
          [2, new Uint8Array(1)],
          [3, 'a'],
        ]),
      ),
      'SCHEMA',
    ],
    ['a routine precedence written out', altered(16, 0), 'SCHEMA'],
    [
      '65 parents',
      altered(
        11,
        Array.from({ length: 65 }, () => [new Uint8Array(32), 0, null]),
      ),
      'SCHEMA',
    ],
    ['a blinded parent that corrects', altered(11, [[new Uint8Array(32), 3, null]]), 'SCHEMA'],
    ['a grant in an observation', altered(18, new Map()), 'SCHEMA'],
    ['an observation without operation', altered(1, new Uint8Array(16)), 'SCHEMA'],
    ['no epoch', altered(14, undefined), 'SCHEMA'],
  ])('refuses %s', (_, record, code) => {
    expect(decodeEvent(record)).toMatchObject({ ok: false, error: { code } });
  });

  it('refuses a non-empty unprotected map', () => {
    const head = encodeCbor(protectedHeader(authority.kid, EVENT_TYP));
    const rest = encodeCbor(encodePayload(base));
    const record = concatBytes(
      fromHex('d284'),
      head,
      fromHex('a10000'),
      rest,
      encodeCbor(new Uint8Array(64)),
    );
    expect(decodeEvent(record)).toMatchObject({ ok: false, error: { code: 'HEADER' } });
  });

  it('lets national types stand under the zero op alone, observing, at epoch zero', () => {
    const national: EventPayload = {
      ...base,
      op: NATIONAL_OP,
      type: 'trust-list',
      role: 'observing',
      epoch: { number: 0, config: ZERO_32 as never },
    };
    const accepts = (p: EventPayload) => decodeEvent(wrap(encodePayload(p))).ok;
    expect(accepts(national)).toBe(true);
    expect(accepts({ ...national, op: base.op })).toBe(false);
    expect(accepts({ ...national, role: 'lead' })).toBe(false);
    expect(accepts({ ...national, epoch: base.epoch })).toBe(false);
    expect(accepts({ ...national, type: 'integrity' })).toBe(true);
    expect(accepts({ ...national, type: 'approval' })).toBe(false);
  });
});

describe('canonical CBOR', () => {
  it.each([
    ['unsorted keys', 'a202000100', 'NOT_CANONICAL'],
    ['a duplicate key', 'a201000100', 'MALFORMED'],
    ['a long integer', '1801', 'MALFORMED'],
    ['indefinite length', '9f01ff', 'MALFORMED'],
    ['a float', 'f93c00', 'NOT_CANONICAL'],
    ['undefined', 'f7', 'MALFORMED'],
    ['a tag', 'c100', 'MALFORMED'],
    ['text not in NFC', '6365cc81', 'NOT_CANONICAL'],
    ['trailing bytes', '0000', 'MALFORMED'],
    ['a byte-string key', 'a1410000', 'NOT_CANONICAL'],
    ['an integer above 2^53 − 1', '1b0020000000000000', 'MALFORMED'],
  ])('refuses %s', (_, hex, code) => {
    expect(decodeCbor(fromHex(hex))).toEqual({ ok: false, error: code });
  });
});

const trust = [
  {
    nation: USA,
    roots: [keyOf('usa').kid],
    coi: ['FVEY'],
    kinds: ['node' as const],
    clearance: CLEARANCE,
    notBefore: 1,
    expires: 2,
  },
];
const record = {
  scope: 0 as const,
  recipients: [
    {
      wrapIndex: 2,
      nation: USA,
      node: keyOf('usa').kid,
      prekey: '0011223344556677',
      fallback: true,
    },
  ],
  releaseSet: [GBR, USA],
  purpose: 'exercise',
  authorityEvent: null,
  label: base.label.digest,
  keyEpoch: 3,
  policySet: ZERO_32,
  cause: 'standing' as const,
};

describe('mutated and random bytes', () => {
  const again: readonly [string, Uint8Array, (bytes: Uint8Array) => Uint8Array | undefined][] = [
    [
      'event',
      good,
      (b) => {
        const d = decodeEvent(b);
        return d.ok
          ? wrapSigned(encodePayload(d.value.payload), d.value.payload.author, d.value.signature)
          : undefined;
      },
    ],
    [
      'credential',
      authority.bytes,
      (b) => {
        const d = decodeCredential(b);
        if (!d.ok) return undefined;
        const s = decodeSign1(b, 'application/x-entente-cred+cwt');
        return s.ok
          ? encodeSign1(s.value.protectedBytes, encodeClaims(d.value), d.value.signature)
          : undefined;
      },
    ],
    [
      'trust list',
      encodeTrustList(trust),
      (b) => {
        const d = decodeTrustList(b);
        return d.ok ? encodeTrustList(d.value) : undefined;
      },
    ],
    [
      'grant record',
      encodeGrantRecord(record),
      (b) => {
        const d = decodeGrantRecord(b);
        return d.ok ? encodeGrantRecord(d.value) : undefined;
      },
    ],
  ];
  function wrapSigned(payload: Uint8Array, author: Kid, signature: Uint8Array): Uint8Array {
    return encodeSign1(protectedHeader(author, EVENT_TYP), payload, signature);
  }

  it.each(again)(
    '%s: never throws, and what decodes is its own canonical form',
    (_, bytes, redo) => {
      expect(redo(bytes)).toEqual(bytes);
      const mutated = fc
        .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 })
        .map((edits) => {
          const out = Uint8Array.from(bytes);
          for (const [at, value] of edits) out[at] = value;
          return out;
        });
      fc.assert(
        fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 300 })), (input) => {
          const back = redo(input);
          expect(back === undefined || equalBytes(back, input)).toBe(true);
        }),
        { numRuns: 5000 },
      );
    },
  );
});

describe('domain tags', () => {
  it('are prefix-free, so no signature or hash passes for another', () => {
    const tags = Object.values(TAGS);
    for (const a of tags) for (const b of tags) if (a !== b) expect(b.startsWith(a)).toBe(false);
    for (const tag of tags) expect(utf8(tag)).toHaveLength(tag.length);
  });
});

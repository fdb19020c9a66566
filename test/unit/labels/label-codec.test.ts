import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../src/base/bytes.js';
import { decodeCbor, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import type { Cbor } from '../../../src/domain/codec/dcbor.js';
import { OPEN_LABEL, decodeLabel, digestLabel } from '../../../src/domain/codec/label.js';
import vectors from '../../vectors/labels.json' with { type: 'json' };
import { missionLabels } from './arbitrary.js';

/** The label of the known-answer values: MISSION SECRET, release AUS and GBR. */
const KNOWN = {
  kind: 'originator',
  policy: { name: 'MISSION', uri: null },
  classification: 'SECRET',
  categories: [{ type: 'permissive', tag: 'Release', uri: null, values: ['AUS', 'GBR'] }],
  created: '2026-01-01T00:00:00Z',
} as const;

/** The bytes of a label with one key of its map replaced, or left out. */
function altered(key: number, value: Cbor | undefined): Uint8Array {
  const decoded = decodeCbor(digestLabel(KNOWN).bytes);
  if (!decoded.ok || !(decoded.value instanceof Map)) throw new Error('a label is a map');
  const map = new Map(decoded.value as ReadonlyMap<number, Cbor>);
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return encodeCbor(map);
}

describe('the compact projection of a label', () => {
  it('has the known bytes and digest', () => {
    const { bytes, digest } = digestLabel(KNOWN);
    expect(toHex(bytes)).toBe(vectors.twoNations.bytes);
    expect(digest).toBe(vectors.twoNations.digest);
  });

  it('has the known answer with three nations', () => {
    const { known } = vectors;
    const decoded = decodeLabel(fromHex(known.bytes));
    expect(decoded.ok && decoded.value.digest).toBe(known.digest);
    expect(decoded.ok && decoded.value.label.categories[0]?.values).toEqual(['AUS', 'GBR', 'USA']);
    expect(decoded.ok && toHex(digestLabel(decoded.value.label).bytes)).toBe(known.bytes);
  });

  it('has one built-in open label', () => {
    expect(toHex(OPEN_LABEL.bytes)).toBe(vectors.open.bytes);
    expect(OPEN_LABEL.digest).toBe(vectors.open.digest);
  });

  it('reads back every label to the letter', () => {
    fc.assert(
      fc.property(missionLabels, (label) => {
        const made = digestLabel(label);
        expect(decodeLabel(made.bytes)).toEqual({ ok: true, value: made });
      }),
    );
  });

  it('keeps every optional field', () => {
    const full = {
      ...KNOWN,
      kind: 'alternative',
      privacyMark: 'STAFF',
      originatorId: { type: 2, id: 'ops@example.org' },
      review: '2027-01-01T00:00:00+10:00',
      succession: {
        at: '2028-01-01T00:00:00Z',
        successor: {
          policy: KNOWN.policy,
          classification: 'RESTRICTED',
          categories: [],
          created: '2026-01-01T00:00:00Z',
        },
      },
      id: 'label-1',
    } as const;
    const made = digestLabel(full);
    expect(decodeLabel(made.bytes)).toEqual({ ok: true, value: made });
  });

  it.each([
    ['another version', 0, 2, 'label.version'],
    ['an unknown kind', 1, 3, 'kind'],
    ['no classification', 3, undefined, 'classification'],
    ['padded text', 3, ' SECRET', 'classification'],
    ['doubled white space', 3, 'TOP  SECRET', 'classification'],
    ['an empty category', 5, [[0, 'Release', null, []]], 'categories.0.values'],
    ['a value twice', 5, [[0, 'Release', null, ['AUS', 'AUS']]], 'categories.0.values'],
    ['an unknown type', 5, [[3, 'Release', null, ['AUS']]], 'categories.0.type'],
    [
      'a tag twice',
      5,
      [
        [0, 'Release', null, ['AUS']],
        [0, 'Release', null, ['GBR']],
      ],
      'categories',
    ],
    ['a time without zone', 7, '2026-01-01T00:00:00', 'created'],
    ['a time that is none', 7, '2026-13-01T00:00:00Z', 'created'],
    ['an unknown key', 11, 1, 'label.11'],
  ] as const)('refuses %s', (_, key, value, field) => {
    const decoded = decodeLabel(altered(key, value));
    expect(decoded.ok ? 'decoded' : decoded.error.field).toBe(field);
  });

  it('refuses a successor inside a successor, trailing bytes and any other order', () => {
    const body: Cbor = new Map<number, Cbor>([
      [2, ['MISSION', null]],
      [3, 'SECRET'],
      [5, []],
      [7, '2026-01-01T00:00:00Z'],
      [9, ['2028-01-01T00:00:00Z', new Map()]],
    ]);
    const nested = decodeLabel(altered(9, ['2027-01-01T00:00:00Z', body]));
    expect(nested.ok ? '' : nested.error.field).toBe('succession.successor.9');
    const { bytes } = digestLabel(KNOWN);
    expect(decodeLabel(Uint8Array.of(...bytes, 0)).ok).toBe(false);
    const swapped = bytes.slice();
    [swapped[1], swapped[3]] = [0x01, 0x00];
    expect(decodeLabel(swapped).ok).toBe(false);
  });

  it('decodes or refuses any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof decodeLabel(bytes).ok).toBe('boolean');
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatBytes, toHex } from '../../../src/base/bytes.js';
import type { BodyContent } from '../../../src/domain/body.js';
import { bodySummary, bodyToJson } from '../../../src/domain/body-text.js';
import {
  BODY_TYPES,
  bodyContentType,
  decodeBody,
  encodeBody,
  encodeBodyChecked,
  openingsOf,
  ownSaltOf,
} from '../../../src/domain/codec/bodies.js';
import { hashHex } from '../../../src/domain/codec/hash.js';
import type {
  Blind,
  BlockId,
  CoreId,
  DeclarationDigest,
  Digest,
  EntryId,
  EventId,
  LabelDigest,
} from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import { bytesOf } from './nations.js';

function id<T extends string>(name: string): T {
  return toHex(bytesOf(name)) as T;
}

const opening = { blind: id<Blind>('b'), event: id<EventId>('e'), salt: bytesOf('s') };
const track = {
  source: 'ais',
  object: '503000001',
  name: 'PACIFIC STAR',
  reports: [
    {
      timeMs: 1_760_000_000_000,
      lat1e7: -123_456_789,
      lon1e7: 1_301_234_567,
      speedMilliKnots: 12_300,
      courseMilliDeg: 359_900,
      reportType: '1',
      raw: ['!AIVDM,1,1,,A,1,0*00'],
    },
    { reportType: '5', raw: [] },
  ],
} as const;
const original = Uint8Array.of(1, 2, 3);

const CONTENTS: readonly BodyContent[] = [
  { type: 'intelligence-product', text: 'A vessel.\nMore.', contentType: 'text/plain' },
  { type: 'labelled-message', text: 'm', contentType: 'text/plain' },
  { type: 'assessment', text: 'a', contentType: 'text/plain' },
  { type: 'track', ...track },
  { type: 'observation', ...track },
  { type: 'contribution', text: 't', asset: 'P-1', offers: 'one sortie', slotSalt: bytesOf('x') },
  { type: 'consumption-receipt', event: id<EventId>('e'), rules: ['R1'], timeMs: 5 },
  {
    type: 'attested-for',
    partner: nation('PHL'),
    channel: 'VHF 16',
    authority: 'coast guard',
    originalHash: hashHex(original) as Digest,
    original,
    track,
  },
  {
    type: 'decision-record',
    pathway: id<DeclarationDigest>('p'),
    run: new Uint8Array(16),
    step: 'identify',
    reason: 'because',
    outcomeSalt: bytesOf('o'),
    openings: [opening],
  },
  {
    type: 'tasking',
    asset: 'P-1',
    task: 'board',
    outcomeSalt: bytesOf('o'),
    openings: [opening],
  },
  { type: 'approval', coreId: id<CoreId>('c'), opened: 3, signature: new Uint8Array(64) },
  { type: 'refusal', coreId: id<CoreId>('c'), reason: 'no' },
  {
    type: 'originator-consent',
    source: id<EventId>('e'),
    sourceLabel: id<LabelDigest>('l'),
    requester: nation('AUS'),
    maxLabel: Uint8Array.of(9),
    recipients: [nation('JPN')],
    purpose: 'interdiction',
    notAfterMs: null,
    nonce: new Uint8Array(16),
  },
  { type: 'opening', openings: [opening] },
  {
    type: 'settled-record',
    coreId: id<CoreId>('c'),
    epoch: 1,
    height: 4,
    entryId: id<EntryId>('n'),
    block: id<BlockId>('k'),
  },
];

describe('bodies', () => {
  it('has a form for every type of content', () => {
    expect(CONTENTS.map(({ type }) => type).sort()).toEqual([...BODY_TYPES].sort());
    expect(new Set(BODY_TYPES.map(bodyContentType)).size).toBe(BODY_TYPES.length);
  });

  it.each(CONTENTS)('reads back $type to the letter', (content) => {
    const bytes = encodeBody(content);
    const read = decodeBody(content.type, bytes);
    expect(read).toEqual({ ok: true, value: content });
    expect(decodeBody(content.type, concatBytes(bytes, Uint8Array.of(0))).ok).toBe(false);
    expect(bodySummary(content)).toMatch(/^[^\n]{1,120}$/);
    expect(() => JSON.stringify(bodyToJson(content))).not.toThrow();
  });

  it('refuses damaged bytes or reads them as something else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CONTENTS),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (c, at, bits) => {
          const bytes = encodeBody(c);
          const damaged = bytes.slice();
          const i = at % bytes.length;
          damaged[i] = (damaged[i] ?? 0) ^ bits;
          const read = decodeBody(c.type, damaged);
          if (read.ok) expect(encodeBody(read.value)).toEqual(damaged);
        },
      ),
    );
  });

  it('refuses types without a form, other versions and bytes that do not hash', () => {
    expect(decodeBody('dispute', Uint8Array.of(0xa0)).ok).toBe(false);
    expect(decodeBody('opening', Uint8Array.of(0xa0))).toEqual({
      ok: false,
      error: { field: 'body.version', rule: 'is 1' },
    });
    const attested = CONTENTS.find(({ type }) => type === 'attested-for');
    if (attested?.type !== 'attested-for') throw new Error('is there');
    const forged = encodeBodyChecked({ ...attested, original: Uint8Array.of(9) });
    expect(forged.ok ? '' : forged.error.field).toBe('originalHash');
    const outside = encodeBodyChecked({
      type: 'track',
      source: 'cot',
      object: 'u',
      reports: [{ lat1e7: 900_000_001, lon1e7: 0, reportType: 'a', raw: [] }],
    });
    expect(outside.ok ? '' : outside.error.field).toBe('reports.lat');
  });

  it('keeps the text of feeds as it was and writes the rest in NFC', () => {
    const decomposed = 'Cafe\u0301';
    const content = { type: 'track', source: 'cot', object: 'u', name: decomposed } as const;
    const bytes = encodeBody({ ...content, reports: [{ reportType: 'a', raw: [decomposed] }] });
    const read = decodeBody('track', bytes);
    expect(read.ok && read.value).toMatchObject({
      name: 'Caf\u00e9',
      reports: [{ raw: [decomposed] }],
    });
  });

  it('finds openings and own salts', () => {
    expect(CONTENTS.filter((c) => openingsOf(c).length > 0).map(({ type }) => type)).toEqual([
      'decision-record',
      'tasking',
      'opening',
    ]);
    expect(CONTENTS.filter((c) => ownSaltOf(c) !== undefined).map(({ type }) => type)).toEqual([
      'contribution',
      'decision-record',
      'tasking',
    ]);
  });

  it('shows degrees and knots to people', () => {
    const json = bodyToJson({ type: 'track', ...track });
    expect(json).toMatchObject({
      object: '503000001',
      reports: [
        { latitude: -12.3456789, longitude: 130.1234567, speedKnots: 12.3, courseDegrees: 359.9 },
        { reportType: '5' },
      ],
    });
    expect(bodySummary({ type: 'track', ...track })).toBe(
      'AIS PACIFIC STAR (503000001), 1 position',
    );
  });
});

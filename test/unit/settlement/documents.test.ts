import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configDigest,
  decodeConfiguration,
  encodeConfiguration,
} from '../../../src/domain/codec/configuration.js';
import { cborMap, decodeCbor, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import type { Cbor } from '../../../src/domain/codec/dcbor.js';
import {
  declarationDigest,
  decodeAcceptance,
  decodeDeclaration,
  encodeAcceptance,
  encodeDeclaration,
} from '../../../src/domain/codec/declaration.js';
import {
  coreIdOf,
  decodeCore,
  encodeCore,
  encodeEntry,
  identifyEntry,
} from '../../../src/domain/codec/entry.js';
import type { Extension } from '../../../src/domain/codec/entry-extension.js';
import {
  decisionSlot,
  decodeExtension,
  encodeExtension,
} from '../../../src/domain/codec/entry-extension.js';
import type { CoreId, DeclarationDigest, Digest } from '../../../src/domain/ids.js';
import { toHex } from '../../../src/base/bytes.js';
import { bytesOf } from './nations.js';
import {
  AUS,
  CAN,
  DECLARATION,
  DECLARATION_BYTES,
  DIGEST,
  GENESIS,
  JPN,
  OP_ID,
  decisionParts,
  signed,
} from './operation.js';

function id<T extends string>(name: string): T {
  return toHex(bytesOf(name)) as T;
}

const EXTENSIONS: readonly Extension[] = [
  { kind: 'decision', slot: id<Digest>('slot'), levels: [{ input: 1, level: 3 }] },
  { kind: 'tasking', levels: [] },
  { kind: 'release' },
  { kind: 'handoff' },
  { kind: 'role', nation: JPN.nation, role: 'lead' },
  { kind: 'membership', change: { join: CAN.participant } },
  { kind: 'membership', change: { exit: CAN.nation } },
  {
    kind: 'adoption',
    declaration: id<DeclarationDigest>('d'),
    replaces: id<DeclarationDigest>('e'),
  },
  {
    kind: 'sanction',
    subject: JPN.nation,
    rights: ['lead', 'attest'],
    untilHeight: 9,
    evidence: [id<Digest>('e')],
  },
  {
    kind: 'credential',
    nation: JPN.nation,
    change: { revoked: { kid: JPN.second.kid, lastGoodSeq: 4 } },
    rootKey: JPN.root.publicKey,
  },
  { kind: 'withdrawal', nation: JPN.nation, coreId: id<CoreId>('c') },
  { kind: 'closure' },
];

describe('entries', () => {
  const entry = signed(decisionParts());

  it('reads back what was written, with both ids', () => {
    const read = identifyEntry(entry.bytes);
    expect(read).toEqual({ ok: true, value: entry });
    expect(decodeCore(encodeCore(entry.entry.core))).toEqual({ ok: true, value: entry.entry.core });
    expect(coreIdOf(entry.entry.core)).toBe(entry.coreId);
  });

  it('has another core id for another core and the same for other approvals', () => {
    const bare = identifyEntry(encodeEntry({ core: entry.entry.core, approvals: [] }));
    expect(bare.ok && bare.value.coreId).toBe(entry.coreId);
    expect(bare.ok && bare.value.entryId).not.toBe(entry.entryId);
    expect(signed(decisionParts('other')).coreId).not.toBe(entry.coreId);
  });

  it('never reads other bytes as the same entry', () => {
    fc.assert(
      fc.property(fc.nat(entry.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const bytes = entry.bytes.slice();
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        const read = identifyEntry(bytes);
        expect(read.ok && read.value.entryId === entry.entryId).toBe(false);
      }),
    );
  });

  it('names the field it refuses', () => {
    expect(identifyEntry(Uint8Array.of(0xff))).toEqual({
      ok: false,
      error: { field: 'entry', rule: 'is canonical CBOR' },
    });
    const foreign = { ...entry.entry.core, extension: encodeExtension({ kind: 'closure' }) };
    const read = decodeCore(encodeCore(foreign));
    expect(read.ok ? '' : read.error.field).toBe('extension.slot');
    expect(identifyEntry(new Uint8Array(70_000)).ok).toBe(false);
  });
});

describe('extensions', () => {
  it.each(EXTENSIONS)('reads back $kind', (extension) => {
    expect(decodeExtension(extension.kind, encodeExtension(extension))).toEqual({
      ok: true,
      value: extension,
    });
  });

  it('refuses repeats, disorder and empty lists', () => {
    const levels = encodeExtension({
      kind: 'tasking',
      levels: [
        { input: 1, level: 0 },
        { input: 1, level: 0 },
      ],
    });
    expect(decodeExtension('tasking', levels).ok).toBe(false);
    const none = encodeExtension({
      kind: 'sanction',
      subject: JPN.nation,
      rights: [],
      untilHeight: 1,
      evidence: [],
    });
    expect(decodeExtension('sanction', none).ok).toBe(false);
  });

  it('gives every run and step its own slot', () => {
    const run = new Uint8Array(16);
    expect(decisionSlot(null, run, 'a')).not.toBe(decisionSlot(null, run, 'b'));
    expect(decisionSlot(null, run, 'a')).not.toBe(decisionSlot(DIGEST, run, 'a'));
    expect(() => decisionSlot(null, new Uint8Array(15), 'a')).toThrow(RangeError);
  });
});

describe('declarations', () => {
  it('reads back to the letter, whatever the order given', () => {
    const turned = { ...DECLARATION, participants: [...DECLARATION.participants].reverse() };
    expect(encodeDeclaration(turned)).toEqual(DECLARATION_BYTES);
    expect(declarationDigest(turned)).toBe(DIGEST);
  });

  it('fixes the genesis: four voters by nation, the digest as policy', () => {
    expect(GENESIS.members.map(({ nation }) => nation)).toEqual(['AUS', 'GBR', 'JPN', 'USA']);
    expect(GENESIS.policyDigest).toBe(DIGEST);
    expect(OP_ID).toMatch(/^[0-9a-f]{64}$/);
  });

  it('refuses a kid that is not the thumbprint of its key', () => {
    const [first, ...rest] = DECLARATION.participants;
    const office = first?.authorities[0];
    if (first === undefined || office === undefined) throw new Error('has a participant');
    const forged = { ...first, authorities: [{ ...office, kid: JPN.second.kid }] };
    const read = decodeDeclaration(
      encodeDeclaration({ ...DECLARATION, participants: [forged, ...rest] }),
    );
    expect(read.ok ? '' : read.error.rule).toBe('is the thumbprint of the public key');
  });

  it('refuses an operation without a lead and lists that are not sorted', () => {
    const led = DECLARATION.participants.filter(({ role }) => role !== 'lead');
    expect(decodeDeclaration(encodeDeclaration({ ...DECLARATION, participants: led })).ok).toBe(
      false,
    );
    const document = decodeCbor(DECLARATION_BYTES);
    const map = document.ok
      ? (document.value as ReadonlyMap<number, Cbor>)
      : new Map<number, Cbor>();
    const listed = map.get(4) as readonly Cbor[];
    const bytes = encodeCbor(cborMap(...[...map], [4, [...listed].reverse()]));
    expect(decodeDeclaration(bytes)).toEqual({
      ok: false,
      error: { field: 'declaration', rule: 'equals its own encoding' },
    });
  });

  it('reads back acceptances', () => {
    const acceptance = {
      declaration: DIGEST,
      opId: OP_ID,
      nation: AUS.nation,
      kid: AUS.authority.kid,
      signature: new Uint8Array(64),
    };
    expect(decodeAcceptance(encodeAcceptance(acceptance))).toEqual({ ok: true, value: acceptance });
  });
});

describe('configurations', () => {
  const configuration = {
    epoch: 1,
    participants: DECLARATION.participants,
    revocations: [{ kid: JPN.second.kid, lastGoodSeq: 3 }],
    pinned: DECLARATION.pinned,
    authorityMap: DECLARATION.authorityMap,
    declaration: DIGEST,
  };

  it('reads back, and its digest tells every change', () => {
    const read = decodeConfiguration(encodeConfiguration(configuration));
    expect(read.ok && configDigest(read.value)).toBe(configDigest(configuration));
    expect(configDigest({ ...configuration, revocations: [] })).not.toBe(
      configDigest(configuration),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SettledState } from '../../../src/core/settlement/index.js';
import {
  apply,
  authoritiesFor,
  awaiting,
  initialState,
  isRevoked,
  isSettled,
  roleOf,
  settlementRules,
  validate,
} from '../../../src/core/settlement/index.js';
import { EMPTY_SET, hasKey, withKeys } from '../../../src/core/settlement/hex-set.js';
import { configDigest } from '../../../src/domain/codec/configuration.js';
import { decodeExtension } from '../../../src/domain/codec/entry-extension.js';
import type { IdentifiedEntry } from '../../../src/domain/settlement.js';
import { keyOf, testNation, verify } from './nations.js';
import {
  AUS,
  DECLARATION,
  GBR,
  JPN,
  OP_ID,
  USA,
  coreOf,
  decisionParts,
  hand,
  signed,
  taskingParts,
} from './operation.js';

const start = initialState(DECLARATION, OP_ID);
const PHL = testNation('PHL', 'observing');
const office = keyOf('new office');
const added = {
  ...JPN.participant.authorities[0]!,
  kid: office.kid,
  publicKey: office.publicKey,
};

const ENTRIES: readonly IdentifiedEntry[] = [
  signed(decisionParts('a')),
  signed(decisionParts('b')),
  signed({ ...decisionParts('a'), outcome: { of: AUS, name: 'rival' } }),
  signed(taskingParts('a')),
  signed({ ...taskingParts('a'), outcome: { of: AUS, name: 'rival tasking' } }),
  signed({ extension: { kind: 'role', nation: GBR.nation, role: 'lead' }, hands: [hand(AUS)] }),
  signed({
    extension: { kind: 'membership', change: { join: PHL.participant } },
    hands: [hand(AUS), hand(PHL)],
  }),
  signed({
    extension: { kind: 'credential', nation: JPN.nation, change: { added } },
    hands: [hand(JPN)],
  }),
  signed({
    extension: {
      kind: 'credential',
      nation: USA.nation,
      change: { revoked: { kid: USA.authority.kid, lastGoodSeq: 1 } },
      rootKey: USA.root.publicKey,
    },
    hands: [hand(USA, USA.root)],
  }),
  signed({
    extension: {
      kind: 'withdrawal',
      nation: GBR.nation,
      coreId: signed(decisionParts('b')).coreId,
    },
    hands: [hand(GBR)],
  }),
  signed({ extension: { kind: 'closure' }, hands: [hand(AUS)] }),
];

interface Run {
  readonly state: SettledState;
  readonly settled: readonly IdentifiedEntry[];
}

function run(entries: readonly IdentifiedEntry[]): Run {
  return entries.reduce<Run>(
    ({ state, settled }, entry, i) =>
      validate(state, entry, i + 1, verify) === true
        ? { state: apply(state, entry, i + 1), settled: [...settled, entry] }
        : { state, settled },
    { state: start, settled: [] },
  );
}

describe('the fold', () => {
  it('is the same for the same entries, settles nothing twice and changes no earlier state', () => {
    const frozen = JSON.stringify(start);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ENTRIES), { maxLength: 14 }), (entries) => {
        const [one, other] = [run(entries), run(entries)];
        expect(other).toEqual(one);
        const ids = one.settled.map(({ coreId }) => coreId);
        expect(new Set(ids).size).toBe(ids.length);
        const spent = one.settled.flatMap(({ entry }) =>
          entry.core.inputs.filter(({ mode }) => mode === 'consumes').map(({ blind }) => blind),
        );
        expect(new Set(spent).size).toBe(spent.length);
        expect(one.state.configDigest).toBe(configDigest(one.state.configuration));
      }),
      { numRuns: 60 },
    );
    expect(JSON.stringify(start)).toBe(frozen);
  });

  it('changes the configuration by the kinds that do', () => {
    const { state, settled } = run(ENTRIES.slice(5));
    expect(settled).toHaveLength(6);
    expect(roleOf(state, GBR.nation)).toBe('lead');
    expect(roleOf(state, PHL.nation)).toBe('observing');
    expect(isRevoked(state, USA.authority.kid)).toBe(true);
    expect(state.closed).toBe(true);
    expect(isSettled(state, ENTRIES[10]!.coreId)).toBe(true);
    expect(state.configDigest).not.toBe(start.configDigest);
    expect(start.configDigest).toBe(apply(start, ENTRIES[0]!, 1).configDigest);
  });

  it('lets the added office approve, and the revoked one no more', () => {
    const state = run(ENTRIES.slice(7, 9)).state;
    const parts = { ...taskingParts('z'), hands: [hand(AUS), hand(JPN, office)] };
    expect(validate(state, signed(parts), 3, verify)).toBe(true);
    const used = validate(state, signed(decisionParts('z')), 3, verify);
    expect(used).toMatchObject({ code: 'REVOKED_KEY' });
  });

  it('ends a sanction at its height', () => {
    const sanction = signed({
      extension: {
        kind: 'sanction',
        subject: USA.nation,
        rights: ['contribute'],
        untilHeight: 10,
        evidence: ['ab'.repeat(32) as never],
      },
      hands: [hand(AUS)],
    });
    const state = apply(start, sanction, 1);
    expect(validate(state, signed(decisionParts()), 10, verify)).toMatchObject({
      code: 'SUSPENDED',
    });
    expect(validate(state, signed(decisionParts()), 11, verify)).toBe(true);
  });
});

describe('the persistent set', () => {
  const key = fc.stringMatching(/^[0-9a-f]{6}$/);

  it('holds exactly what was added and leaves the earlier set as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key), fc.uniqueArray(key), (first, second) => {
        const earlier = withKeys(EMPTY_SET, first);
        const later = withKeys(earlier, second);
        const all = new Set([...first, ...second]);
        expect(later.size).toBe(all.size);
        expect([...all].every((one) => hasKey(later, one))).toBe(true);
        expect(second.filter((one) => hasKey(earlier, one))).toEqual(
          second.filter((one) => first.includes(one)),
        );
      }),
    );
  });
});

describe('authorities', () => {
  const draft = (parts: ReturnType<typeof decisionParts>): Parameters<typeof authoritiesFor>[0] => {
    const core = coreOf(parts);
    const extension = decodeExtension(core.kind, core.extension);
    if (!extension.ok) throw new Error(extension.error.rule);
    return { extension: extension.value, inputs: core.inputs, outcome: core.outcome };
  };

  it('picks the keys with the domains asked for, the map first, then the originators', () => {
    for (const parts of [decisionParts(), taskingParts()]) {
      const picked = authoritiesFor(draft(parts), start);
      expect(picked.ok && picked.value.map(({ nation }) => nation)).toEqual(
        coreOf(parts).authorities.map(({ nation }) => nation),
      );
      const hands = picked.ok
        ? picked.value.map(({ nation, kid }) => {
            const of = [AUS, GBR, JPN, USA].find((one) => one.nation === nation)!;
            return hand(
              of,
              [of.authority, of.second].find((key) => key.kid === kid),
            );
          })
        : [];
      expect(validate(start, signed({ ...parts, hands }), 1, verify)).toBe(true);
    }
  });

  it('takes a preferred key where several would do', () => {
    const picked = authoritiesFor(draft(taskingParts()), start, [JPN.second.kid]);
    expect(picked.ok && picked.value[1]).toEqual({ nation: JPN.nation, kid: JPN.second.kid });
  });

  it('refuses when nobody can give an approval', () => {
    const gone = {
      ...decisionParts(),
      inputs: [{ ...coreOf(decisionParts()).inputs[0]!, originator: PHL.nation }],
    };
    expect(authoritiesFor(draft(gone), start)).toMatchObject({
      ok: false,
      error: { code: 'NO_AUTHORITY', authority: 'PHL' },
    });
  });

  it('lists who is still missing; a withdrawn approval is missing for good', () => {
    const entry = signed(decisionParts('b'));
    const { core, approvals } = entry.entry;
    expect(awaiting(core, approvals, start)).toEqual([]);
    expect(awaiting(core, approvals.slice(1), start)).toEqual([core.authorities[0]]);
    const withdrawn = apply(start, ENTRIES[9]!, 1);
    expect(awaiting(core, approvals, withdrawn)).toEqual([core.authorities[1]]);
  });
});

describe('the rules handed to consensus', () => {
  const rules = settlementRules(verify);
  const entry = signed(decisionParts());

  it('identify, validate and fold by the exact bytes', () => {
    expect(rules.identify(entry.bytes)).toEqual({
      ok: true,
      value: { entryId: entry.entryId, key: entry.coreId },
    });
    expect(rules.validate(start, entry.bytes, 1)).toBe(true);
    const next = rules.apply(start, entry.bytes, 1);
    expect(next).toEqual(apply(start, entry, 1));
    expect(rules.validate(next, entry.bytes, 2)).toMatch(/^ALREADY_SETTLED: /);
  });

  it('name why bytes are refused', () => {
    expect(rules.identify(Uint8Array.of(1)).ok).toBe(false);
    expect(rules.validate(start, Uint8Array.of(1), 1)).toMatch(/^MALFORMED: /);
    expect(() => rules.apply(start, Uint8Array.of(1), 1)).toThrow();
  });

  it('check each signature of an entry once', () => {
    let checks = 0;
    const counted = settlementRules((...args) => {
      checks++;
      return verify(...args);
    });
    for (let i = 0; i < 5; i++) expect(counted.validate(start, entry.bytes, 1)).toBe(true);
    expect(checks).toBe(3);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/bytes.js';
import type { SettledState } from '../../../src/core/settlement/index.js';
import {
  VALIDITY_RULES,
  apply,
  initialState,
  validate,
} from '../../../src/core/settlement/index.js';
import { assembleEntry } from '../../../src/domain/codec/entry.js';
import type { Extension } from '../../../src/domain/codec/entry-extension.js';
import { decodeExtension, encodeExtension } from '../../../src/domain/codec/entry-extension.js';
import type { DeclarationDigest, Digest, OpId } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { IdentifiedEntry, SettlementCore } from '../../../src/domain/settlement.js';
import { bytesOf, keyOf, testNation, verify } from './nations.js';
import type { CoreParts } from './operation.js';
import {
  ALL,
  AUS,
  CAN,
  DECLARATION,
  GBR,
  JPN,
  OP_ID,
  USA,
  approve,
  cites,
  consumes,
  coreOf,
  decisionParts,
  hand,
  signed,
  taskingParts,
} from './operation.js';

const start = initialState(DECLARATION, OP_ID);
const HEIGHT = 5;

function after(...entries: readonly IdentifiedEntry[]): SettledState {
  return entries.reduce((state, entry) => apply(state, entry, HEIGHT), start);
}

/** Every rule that the entry breaks, not only the first. */
function broken(state: SettledState, entry: IdentifiedEntry, height = HEIGHT): readonly string[] {
  const { core, approvals } = entry.entry;
  const extension = decodeExtension(core.kind, core.extension);
  if (!extension.ok) return ['EXTENSION'];
  const { coreId } = entry;
  const bytes = entry.bytes.length;
  const input = {
    state,
    core,
    approvals,
    extension: extension.value,
    coreId,
    bytes,
    height,
    verify,
  };
  return VALIDITY_RULES.filter((rule) => !rule.holds(input)).map(({ code }) => code);
}

/** An entry of a core changed after it was made up, signed by the same hands. */
function resigned(parts: CoreParts, change: Partial<SettlementCore>, opened = 0): IdentifiedEntry {
  const core = { ...coreOf(parts), ...change };
  return assembleEntry(
    core,
    parts.hands.map((one) => approve(core, one, opened)),
  );
}

function act(extension: Extension, hands = [hand(AUS)]): IdentifiedEntry {
  return signed({ extension, hands });
}

const evidence = [toHex(bytesOf('evidence')) as Digest];
const sanction = (on = USA): IdentifiedEntry =>
  act({ kind: 'sanction', subject: on.nation, rights: ['contribute'], untilHeight: 50, evidence });
const decision = decisionParts();
const decided = signed(decision);
const tasking = taskingParts();
const stranger = keyOf('stranger');

const revoke = (of = GBR, key = of.authority, by = of.root): IdentifiedEntry =>
  act(
    {
      kind: 'credential',
      nation: of.nation,
      change: { revoked: { kid: key.kid, lastGoodSeq: 7 } },
      ...(by === of.root ? { rootKey: of.root.publicKey } : {}),
    },
    [hand(of, by)],
  );
const added = {
  ...JPN.participant.authorities[1]!,
  kid: stranger.kid,
  publicKey: stranger.publicKey,
};
const PHL = testNation('PHL', 'observing');
const joins = (who = PHL): IdentifiedEntry =>
  act({ kind: 'membership', change: { join: who.participant } }, [hand(AUS), hand(who)]);
const role = (of = JPN, to: 'lead' | 'supporting' | 'observing' = 'lead'): IdentifiedEntry =>
  act({ kind: 'role', nation: of.nation, role: to });
const withdraw = (coreId = decided.coreId): IdentifiedEntry =>
  act({ kind: 'withdrawal', nation: GBR.nation, coreId }, [hand(GBR)]);
const adopt = (name: string, expiresAtHeight = 100): IdentifiedEntry =>
  signed({
    extension: { kind: 'adoption', declaration: toHex(bytesOf(name)) as DeclarationDigest },
    hands: [hand(AUS)],
    expiresAtHeight,
  });

const full = ALL.map(({ participant }) => participant);
const crowd = Array.from({ length: 31 - full.length }, (_, i) => ({
  ...CAN.participant,
  nation: nation(`X${String.fromCharCode(65 + i)}X`),
  authorities: [],
}));

interface Case {
  readonly code: string;
  readonly entry: IdentifiedEntry;
  readonly state?: SettledState;
  readonly height?: number;
}

const CASES: readonly Case[] = [
  { code: 'WRONG_OPERATION', entry: resigned(decision, { opId: 'ee'.repeat(32) as OpId }) },
  { code: 'ENTRY_TOO_LARGE', entry: { ...decided, bytes: new Uint8Array(65_537) } },
  { code: 'CLOSED', entry: decided, state: after(act({ kind: 'closure' })) },
  { code: 'LAPSED', entry: decided, height: 101 },
  { code: 'ALREADY_SETTLED', entry: sanction(), state: after(sanction()) },
  {
    code: 'INPUTS',
    entry: signed({
      ...decision,
      extension: { kind: 'decision', slot: evidence[0]!, levels: [] },
      inputs: [],
      hands: [hand(AUS)],
    }),
  },
  {
    code: 'OUTCOME',
    entry: signed({
      extension: { kind: 'closure' },
      hands: [hand(AUS)],
      outcome: { of: AUS, name: 'x' },
    }),
  },
  {
    code: 'LEVELS',
    entry: signed({
      ...decision,
      extension: { kind: 'decision', slot: evidence[0]!, levels: [{ input: 2, level: 1 }] },
    }),
  },
  { code: 'ROLE', entry: signed({ ...decision, outcome: { of: GBR, name: 'x' } }) },
  { code: 'SUSPENDED', entry: decided, state: after(sanction()) },
  {
    code: 'AUTHORITY_TWICE',
    entry: signed({ ...decision, hands: [hand(AUS), ...decision.hands] }),
  },
  {
    code: 'UNKNOWN_KEY',
    entry: signed({ ...decision, hands: [hand(AUS), hand(GBR), hand(USA, stranger)] }),
  },
  { code: 'REVOKED_KEY', entry: decided, state: after(revoke()) },
  { code: 'ORIGINATOR_MISSING', entry: signed({ ...decision, hands: [hand(AUS), hand(GBR)] }) },
  {
    code: 'AUTHORITY_MAP',
    entry: signed({ ...decision, hands: [hand(AUS, AUS.second), hand(GBR), hand(USA)] }),
  },
  { code: 'NOT_NEEDED', entry: signed({ ...decision, hands: [...decision.hands, hand(JPN)] }) },
  {
    code: 'INCOMPLETE',
    entry: assembleEntry(decided.entry.core, decided.entry.approvals.slice(0, 2)),
  },
  { code: 'OPENED', entry: resigned(decision, {}, 4) },
  {
    code: 'APPROVAL_SIGNATURE',
    entry: assembleEntry(
      decided.entry.core,
      decided.entry.approvals.map((one) => ({ ...one, opened: 1 })),
    ),
  },
  { code: 'APPROVAL_WITHDRAWN', entry: decided, state: after(withdraw()) },
  {
    code: 'BLIND_TWICE',
    entry: signed({
      ...decision,
      inputs: [cites(GBR, 'x'), cites(GBR, 'x')],
      hands: [hand(AUS), hand(GBR)],
    }),
  },
  {
    code: 'RIGHT_CONSUMED',
    entry: signed({ ...tasking, outcome: { of: AUS, name: 'again' } }),
    state: after(signed(tasking)),
  },
  {
    code: 'SLOT_TAKEN',
    entry: signed({ ...decision, outcome: { of: AUS, name: 'again' } }),
    state: after(decided),
  },
  { code: 'SUBJECT', entry: sanction(PHL) },
  { code: 'SAME_ROLE', entry: role(JPN, 'supporting') },
  { code: 'NEEDS_RECONFIGURATION', entry: role(JPN, 'observing') },
  { code: 'LAST_LEAD', entry: role(AUS, 'supporting') },
  { code: 'SELF_REVOCATION', entry: revoke(JPN, JPN.authority, JPN.authority) },
  {
    code: 'KEY_CHANGE',
    entry: act(
      {
        kind: 'credential',
        nation: JPN.nation,
        change: { added: JPN.participant.authorities[1]! },
      },
      [hand(JPN)],
    ),
  },
  {
    code: 'ROOM',
    entry: joins(),
    state: {
      ...start,
      configuration: { ...start.configuration, participants: [...full, ...crowd] },
    },
  },
  { code: 'ADOPTION', entry: adopt('policy', 99), state: after(adopt('policy')) },
  { code: 'WITHDRAWN_LATE', entry: withdraw(), state: after(decided) },
];

describe('validity', () => {
  it('accepts each kind done right', () => {
    const released = signed({
      extension: { kind: 'release' },
      inputs: [consumes(JPN, 'request')],
      outcome: { of: CAN, name: 'grant' },
      hands: [hand(CAN), hand(JPN)],
    });
    const handed = signed({
      extension: { kind: 'handoff' },
      inputs: [cites(USA, 'product'), consumes(USA, 'offer')],
      outcome: { of: JPN, name: 'acceptance' },
      hands: [hand(JPN), hand(USA)],
    });
    const credential = act({ kind: 'credential', nation: JPN.nation, change: { added } }, [
      hand(JPN),
    ]);
    const kinds = [
      decided,
      signed(tasking),
      released,
      handed,
      role(),
      joins(),
      adopt('p'),
      sanction(),
    ];
    for (const entry of [...kinds, credential, revoke(), withdraw(), act({ kind: 'closure' })]) {
      expect(broken(start, entry)).toEqual([]);
      expect(validate(start, entry, HEIGHT, verify)).toBe(true);
    }
  });

  it.each(CASES)('refuses by $code alone', ({ code, entry, state = start, height = HEIGHT }) => {
    expect(broken(state, entry, height)).toEqual([code]);
    expect(validate(state, entry, height, verify)).toMatchObject({ code });
  });

  it('has a case for every rule', () => {
    expect(CASES.map(({ code }) => code).sort()).toEqual(
      VALIDITY_RULES.map(({ code }) => code).sort(),
    );
  });

  it('refuses an extension of another kind', () => {
    const core = { ...decided.entry.core, extension: encodeExtension({ kind: 'closure' }) };
    const entry = { ...decided, entry: { ...decided.entry, core } };
    expect(validate(start, entry, HEIGHT, verify)).toMatchObject({ code: 'EXTENSION' });
  });

  it('refuses a change of voters by join or exit of one', () => {
    const voter = joins(testNation('PHL', 'supporting'));
    const exit = act({ kind: 'membership', change: { exit: JPN.nation } });
    expect(broken(start, voter)).toEqual(['NEEDS_RECONFIGURATION']);
    expect(broken(start, exit)).toEqual(['NEEDS_RECONFIGURATION']);
  });

  it('never settles a joiner that did not approve', () => {
    const entry = act({ kind: 'membership', change: { join: PHL.participant } });
    expect(broken(start, entry)).toEqual(['ORIGINATOR_MISSING']);
  });

  it('asks a lead for a kind that the authority map does not list', () => {
    const bare = { ...start, configuration: { ...start.configuration, authorityMap: new Map() } };
    expect(broken(bare, act({ kind: 'closure' }))).toEqual([]);
    expect(broken(bare, act({ kind: 'closure' }, []))).toEqual(['AUTHORITY_MAP']);
    expect(broken(bare, act({ kind: 'closure' }, [hand(GBR)]))).toEqual([
      'AUTHORITY_MAP',
      'NOT_NEEDED',
    ]);
  });

  it('refuses an exposed nation key under another nation', () => {
    const forged = { of: { ...GBR, nation: USA.nation }, key: GBR.authority };
    const entry = signed({ ...decision, hands: [hand(AUS), hand(GBR), forged] });
    expect(broken(start, entry)).toContain('UNKNOWN_KEY');
  });

  it('lets no set of approvals but the full one through', () => {
    const { core, approvals } = decided.entry;
    fc.assert(
      fc.property(fc.subarray([...approvals]), (some) => {
        const entry = assembleEntry(core, some);
        expect(validate(start, entry, HEIGHT, verify) === true).toBe(
          some.length === approvals.length,
        );
      }),
    );
  });
});

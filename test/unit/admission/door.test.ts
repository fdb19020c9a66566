import { describe, expect, it } from 'vitest';
import type { AdmissionView, Conclusion, StreamFacts } from '../../../src/core/admission/index.js';
import {
  AUTHORING,
  EXAMINATION,
  conclude,
  decodeStep,
  examine,
} from '../../../src/core/admission/index.js';
import { Verified } from '../../../src/core/identity/verified.js';
import type { Credential, CredentialKind } from '../../../src/domain/credential.js';
import { CREDENTIAL_KINDS } from '../../../src/domain/credential.js';
import type { Event, EventPayload } from '../../../src/domain/event.js';
import type { EventType } from '../../../src/domain/event-types.js';
import type { EventId, LabelDigest } from '../../../src/domain/ids.js';
import {
  AT_S,
  CONFIG,
  GBR,
  OP,
  USA,
  claimsOf,
  issue,
  keyOf,
  keys,
  payloadOf,
  recordOf,
} from '../../support/identity-world.js';

const of = (kind: CredentialKind) => issue(claimsOf(kind), 'authority');
const platform = of('platform');
const world = (known: readonly Credential[] = [platform], over: Partial<AdmissionView> = {}) => ({
  credential: (digest: string) => {
    const found = known.find((c) => c.digest === digest);
    return found === undefined ? ('unknown' as const) : { ok: true as const, value: found };
  },
  roleOf: (op: string, epoch: EventPayload['epoch'], nation: string) => {
    if (op !== OP) return 'unknown-operation' as const;
    if (epoch.config !== CONFIG) return 'unknown-configuration' as const;
    return nation === GBR ? ('supporting' as const) : ('not-a-participant' as const);
  },
  lastGoodSeq: () => undefined,
  ...over,
});
const facts: StreamFacts = {
  atSeq: undefined,
  before: undefined,
  parents: new Map(),
  nowMs: AT_S * 1000,
};

function eventOf(payload: EventPayload, by = 'platform'): Event {
  const decoded = decodeStep(recordOf(payload, by));
  if (!decoded.ok) throw new Error(decoded.error.detail);
  return decoded.value;
}

function admit(
  event: Event,
  view: AdmissionView = world(),
  around: Partial<StreamFacts> = {},
): Conclusion {
  const candidate = examine(event, view);
  if (!candidate.ok) return { kind: 'refused', refusal: candidate.error };
  const { credential } = candidate.value;
  const good = keys.verify(credential.publicKey, event.tbs, event.signature);
  return conclude(candidate.value, good, { ...facts, ...around });
}
const refusal = (outcome: Conclusion) =>
  outcome.kind === 'refused' ? [outcome.refusal.code, outcome.refusal.verdict] : outcome.kind;
const other = 'ee'.repeat(32) as EventId;
const event = eventOf(payloadOf(platform));
const second = eventOf(payloadOf(platform, { seq: 1, prev: event.id }));

describe('the door', () => {
  it('admits a good event and mints it', () => {
    const outcome = admit(event);
    expect(outcome).toMatchObject({ kind: 'admitted', openPrev: false, missingParents: [] });
    expect(outcome.kind === 'admitted' && Verified.is(outcome.admitted)).toBe(true);
  });

  it('gives every refusal of bytes as a rejection', () => {
    expect(decodeStep(new Uint8Array(3))).toMatchObject({
      ok: false,
      error: { code: 'MALFORMED', verdict: 'reject' },
    });
  });

  it.each<[string, Partial<EventPayload>, string, string]>([
    ['an unknown operation', { op: 'ff'.repeat(16) as EventPayload['op'] }, 'UNKNOWN_OP', 'hold'],
    [
      'an unknown configuration',
      { epoch: { number: 2, config: '0e'.repeat(32) as never } },
      'UNKNOWN_OP',
      'hold',
    ],
    [
      'an unknown credential',
      { credential: '0f'.repeat(32) as never },
      'UNKNOWN_CREDENTIAL',
      'hold',
    ],
    ['another nation', { nation: USA }, 'OUT_OF_GRANT', 'reject'],
    [
      'a time before the credential',
      { time: { ms: (AT_S - 86_401) * 1000, uncertaintyMs: 0, source: 'gnss' } },
      'EXPIRED',
      'reject',
    ],
    [
      'a time at its expiry',
      { time: { ms: (AT_S + 86_400) * 1000, uncertaintyMs: 0, source: 'gnss' } },
      'EXPIRED',
      'reject',
    ],
    ['a type beyond the kind', { type: 'settled-record' }, 'OUT_OF_GRANT', 'reject'],
    ['a role the nation has not', { role: 'lead' }, 'OUT_OF_ROLE', 'reject'],
    [
      'a correction of another nation',
      {
        parents: [
          {
            form: 'clear',
            id: other,
            relation: 'corrects',
            role: 'lead',
            nation: USA,
            label: '0c'.repeat(32) as LabelDigest,
          },
        ],
      },
      'OUT_OF_GRANT',
      'reject',
    ],
  ])('refuses %s', (_, over, code, verdict) => {
    expect(refusal(admit(eventOf(payloadOf(platform, over))))).toEqual([code, verdict]);
  });

  it('passes on why a credential is not trusted', () => {
    const why = {
      code: 'UNTRUSTED_ROOT',
      field: 'root',
      rule: 'r',
      authority: 'GBR',
      detail: 'd',
      remedy: 'm',
    };
    const view = world([], { credential: () => ({ ok: false, error: why }) });
    expect(admit(event, view)).toMatchObject({
      refusal: { code: 'UNTRUSTED', verdict: 'reject', rule: 'r', remedy: 'm' },
    });
  });

  it('refuses a key that a credential does not name, and a role beyond the credential', () => {
    const mallory = eventOf({ ...payloadOf(platform), author: keyOf('mallory').kid }, 'mallory');
    expect(refusal(admit(mallory))).toEqual(['OUT_OF_GRANT', 'reject']);
    const watcher = issue(claimsOf('platform', { roles: ['observing'] }), 'authority');
    expect(refusal(admit(eventOf(payloadOf(watcher)), world([watcher])))).toEqual([
      'OUT_OF_ROLE',
      'reject',
    ]);
  });

  it('lets a revoked key stand up to its last good position', () => {
    const revoked = (seq: number) => world([platform], { lastGoodSeq: () => seq });
    expect(admit(second, revoked(1)).kind).toBe('admitted');
    expect(refusal(admit(second, revoked(0)))).toEqual(['REVOKED', 'ignore']);
  });

  it('refuses a signature by another key over the same bytes', () => {
    const forged = eventOf(payloadOf(platform), 'mallory');
    expect(forged.id).toBe(event.id);
    expect(refusal(admit(forged))).toEqual(['BAD_SIGNATURE', 'reject']);
  });

  it('knows duplicates, and shows two events of one key at one position', () => {
    expect(admit(event, world(), { atSeq: event.id })).toEqual({ kind: 'known', id: event.id });
    expect(admit(event, world(), { atSeq: other })).toMatchObject({
      kind: 'equivocation',
      held: other,
      other: { event: { id: event.id } },
    });
    const elsewhere = { atSeq: other, atSeqAuthor: keyOf('old').kid };
    expect(refusal(admit(event, world(), elsewhere))).toEqual(['PREV', 'ignore']);
  });

  it('checks the link to the previous event when that is held, else leaves it open', () => {
    expect(admit(second)).toMatchObject({ kind: 'admitted', openPrev: true });
    expect(admit(second, world(), { before: event.id })).toMatchObject({ openPrev: false });
    expect(refusal(admit(second, world(), { before: other }))).toEqual(['PREV', 'ignore']);
  });

  it('holds what is more than five minutes ahead, and marks a clock that ran back', () => {
    const edge = AT_S * 1000 - 50 - 300_000;
    expect(admit(event, world(), { nowMs: edge }).kind).toBe('admitted');
    expect(refusal(admit(event, world(), { nowMs: edge - 1 }))).toEqual(['FUTURE', 'hold']);
    const before = (ms: number) =>
      admit(second, world(), { beforeTime: { ms, uncertaintyMs: 50, source: 'gnss' } });
    expect(before(AT_S * 1000 + 100)).toMatchObject({ timeBackwards: false });
    expect(before(AT_S * 1000 + 101)).toMatchObject({ timeBackwards: true });
  });

  it('lists parents that are not held, and compares the clear fields of those that are', () => {
    const parent = {
      form: 'clear',
      id: event.id,
      relation: 'derived-from',
      role: 'supporting',
      nation: GBR,
      label: event.payload.label.digest,
    } as const;
    const held = { parents: new Map([[event.id, event]]) };
    const child = (over = {}) =>
      eventOf(payloadOf(platform, { seq: 2, prev: other, parents: [{ ...parent, ...over }] }));
    expect(admit(child())).toMatchObject({ kind: 'admitted', missingParents: [event.id] });
    expect(admit(child(), world(), held)).toMatchObject({ missingParents: [] });
    for (const lie of [{ nation: USA }, { role: 'lead' }, { label: '0d'.repeat(32) }]) {
      expect(refusal(admit(child(lie), world(), held))).toEqual(['PARENTS', 'ignore']);
    }
  });
});

describe('order of the checks', () => {
  it('looks nothing up after the first refusal, and mints nothing before the signature', () => {
    const asked: string[] = [];
    const view = world([platform], {
      roleOf: (op) => (asked.push('role'), op === OP ? 'supporting' : 'unknown-operation'),
      credential: () => (asked.push('credential'), { ok: true, value: platform }),
      lastGoodSeq: () => (asked.push('status'), undefined),
    });
    examine(eventOf(payloadOf(platform, { op: 'ff'.repeat(16) as EventPayload['op'] })), view);
    expect(asked).toEqual(['role']);
    asked.length = 0;
    const candidate = examine(event, view);
    expect(asked).toEqual(['role', 'credential', 'role', 'status']);
    expect(candidate.ok && Verified.is(candidate.value)).toBe(false);
    expect(EXAMINATION.map(([name]) => name)).toEqual([
      'nation',
      'validity',
      'kind',
      'role',
      'relation',
      'status',
    ]);
    // A refusal at the signature comes before equivocation: noise never becomes evidence.
    if (candidate.ok) {
      expect(refusal(conclude(candidate.value, false, { ...facts, atSeq: other }))).toEqual([
        'BAD_SIGNATURE',
        'reject',
      ]);
    }
  });
});

describe('who may author what', () => {
  const lead = (known: Credential) => world([known], { roleOf: () => 'lead' });

  it.each<EventType>(['tasking', 'approval', 'release-grant'])('%s needs an authority', (type) => {
    for (const kind of CREDENTIAL_KINDS.filter((k) => k !== 'root')) {
      const author = of(kind);
      const outcome = admit(eventOf(payloadOf(author, { type, role: 'lead' }), kind), lead(author));
      expect(refusal(outcome)).toEqual(
        kind === 'authority' ? 'admitted' : ['OUT_OF_GRANT', 'reject'],
      );
    }
  });

  it('never takes an event of a replica key, and leaves no type without an author', () => {
    for (const { kinds, roles } of Object.values(AUTHORING)) {
      expect(kinds).not.toContain('replica');
      expect(kinds.length * roles.length).toBeGreaterThan(0);
    }
  });
});

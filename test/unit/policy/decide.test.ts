import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Credential } from '../../../src/domain/credential.js';
import type { EventId, Nation } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { Category, Label } from '../../../src/domain/label.js';
import { OPEN_LABEL } from '../../../src/domain/codec/label.js';
import type { Decision, DecisionInput, LabelPolicy } from '../../../src/domain/release.js';
import { parseMarking } from '../../../src/core/labels/index.js';
import { MISSION_POLICY, decide } from '../../../src/core/policy/index.js';
import { NATIONS, missionLabels } from '../labels/arbitrary.js';
import { party } from './parties.js';

const [AUS, GBR, JPN, USA] = ['AUS', 'GBR', 'JPN', 'USA'].map(nation) as [
  Nation,
  Nation,
  Nation,
  Nation,
];
const NOW = Date.parse('2026-06-01T00:00:00Z');
const ITEM = 'ab'.repeat(32) as EventId;
const OTHER = 'cd'.repeat(32) as EventId;

function marked(marking: string, created = '2026-01-01T00:00:00Z'): Label {
  const parsed = parseMarking(marking, MISSION_POLICY, created);
  if (!parsed.ok) throw new Error(parsed.error.rule);
  return parsed.value;
}

function ask(label: Label, who: Credential | null, rest: Partial<DecisionInput> = {}): Decision {
  return decide({
    act: 'receive',
    label,
    party: who,
    originator: GBR,
    policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
    groups: new Map(),
    grantedTo: [],
    item: ITEM,
    nowMs: NOW,
    ...rest,
  });
}

function codes(decision: Decision): readonly string[] {
  return decision.outcome === 'deny' ? decision.reasons.map(({ code }) => code) : [];
}

function category(type: Category['type'], tag: string, ...values: string[]): Category {
  return { type, tag, uri: null, values };
}

const SECRET = marked('GBR SECRET REL TO AUS, GBR');

describe('the release decision', () => {
  it('permits a cleared party of a named nation, and refuses any other nation', () => {
    expect(ask(SECRET, party(AUS)).outcome).toBe('permit');
    expect(codes(ask(SECRET, party(JPN)))).toEqual(['PERMISSIVE']);
  });

  it('takes the clearance as a list of classifications, not as a ceiling', () => {
    const gaps = party(AUS, {}, { classifications: ['UNCLASSIFIED', 'TOP SECRET'] });
    expect(codes(ask(SECRET, gaps))).toEqual(['CLASS']);
    expect(ask(marked('GBR TOP SECRET REL TO AUS'), gaps).outcome).toBe('permit');
  });

  it('asks for every restrictive value', () => {
    const label = marked('GBR SECRET ANCHOR/BEACON REL TO AUS');
    expect(codes(ask(label, party(AUS)))).toEqual(['RESTRICTIVE', 'RESTRICTIVE']);
    expect(codes(ask(label, party(AUS, { Handling: ['ANCHOR'] })))).toEqual(['RESTRICTIVE']);
    expect(ask(label, party(AUS, { Handling: ['ANCHOR', 'BEACON'] })).outcome).toBe('permit');
  });

  it('asks for any one permissive value that a clearance can carry', () => {
    const label = marked('GBR SECRET ITAR-126.7/TAA-EXAMPLE REL TO AUS');
    expect(codes(ask(label, party(AUS)))).toEqual(['PERMISSIVE']);
    expect(ask(label, party(AUS, { 'Export Authority': ['TAA-EXAMPLE'] })).outcome).toBe('permit');
  });

  it('lets no tag of the clearance claim another nation', () => {
    expect(codes(ask(SECRET, party(JPN, { Release: ['AUS', 'GBR'] })))).toEqual(['PERMISSIVE']);
  });

  it('reads an absent release tag as the owner alone', () => {
    const label = marked('GBR SECRET');
    expect(codes(ask(label, party(AUS)))).toEqual(['OWNER_ONLY']);
    expect(ask(label, party(GBR)).outcome).toBe('permit');
  });

  it('lets a release grant widen the release set of one event, and nothing else', () => {
    const grantedTo = [JPN];
    expect(ask(SECRET, party(JPN), { grantedTo }).outcome).toBe('permit');
    expect(ask(marked('GBR SECRET'), party(JPN), { grantedTo }).outcome).toBe('permit');
    const controlled = marked('GBR SECRET ANCHOR/ITAR-126.7 REL TO GBR');
    expect(codes(ask(controlled, party(JPN), { grantedTo }))).toEqual([
      'RESTRICTIVE',
      'PERMISSIVE',
    ]);
  });

  it('gives every reason at once', () => {
    const label = marked('GBR SECRET ANCHOR/ITAR-126.7 REL TO USA');
    const who = party(AUS, {}, { classifications: [], expires: 1 });
    const decision = ask(label, who, { partyStatus: 'revoked', act: 'derive' });
    expect(codes(decision)).toEqual([
      'CRED',
      'CRED',
      'CLASS',
      'PERMISSIVE',
      'RESTRICTIVE',
      'PERMISSIVE',
    ]);
    if (decision.outcome !== 'deny') throw new Error('denied');
    for (const one of decision.reasons) {
      expect(one.rule).not.toBe('');
      expect(one.remedy).not.toBe('');
    }
  });

  it('permits the open label to every party with a good credential', () => {
    expect(ask(OPEN_LABEL.label, party(JPN, {}, { clearance: new Map() })).outcome).toBe('permit');
    expect(codes(ask(OPEN_LABEL.label, null))).toEqual(['CRED']);
    expect(codes(ask(OPEN_LABEL.label, party(JPN, {}, { expires: 1 })))).toEqual(['CRED']);
    const restricted = { ...OPEN_LABEL.label, classification: 'CLOSED' };
    expect(codes(ask(restricted, party(JPN)))).toEqual(['POLICY']);
  });
});

describe('originator control', () => {
  const label = marked('GBR SECRET ORCON REL TO AUS, GBR');
  const consent = { item: ITEM, originator: GBR, requester: AUS, notAfterMs: NOW + 1 };

  it('lets named readers read, and asks for consent to derive or forward', () => {
    for (const act of ['receive', 'relay', 'display'] as const) {
      expect(ask(label, party(AUS), { act }).outcome).toBe('permit');
    }
    for (const act of ['derive', 'forward'] as const) {
      expect(codes(ask(label, party(AUS), { act }))).toEqual(['ORCON']);
      expect(ask(label, party(AUS), { act, consents: [consent] }).outcome).toBe('permit');
      expect(ask(label, party(GBR), { act }).outcome).toBe('permit');
    }
  });

  it('treats NO ONWARD RELEASE alike', () => {
    const eyes = marked('GBR SECRET NO ONWARD RELEASE REL TO AUS');
    expect(codes(ask(eyes, party(AUS), { act: 'forward' }))).toEqual(['ORCON']);
  });

  it.each([
    ['for another item', { ...consent, item: OTHER }],
    ['of another originator', { ...consent, originator: USA }],
    ['to another requester', { ...consent, requester: USA }],
    ['that has run out', { ...consent, notAfterMs: NOW }],
  ])('takes no consent %s', (_, other) => {
    expect(codes(ask(label, party(AUS), { act: 'derive', consents: [other] }))).toEqual(['ORCON']);
  });

  it('opens nothing but onward use', () => {
    const consents = [{ ...consent, requester: JPN }];
    expect(codes(ask(label, party(JPN), { act: 'derive', consents }))).toEqual(['PERMISSIVE']);
  });
});

describe('failing closed', () => {
  const raw = (...categories: readonly Category[]): Label => ({ ...SECRET, categories });
  const release = category('permissive', 'Release', 'AUS');

  it.each([
    ['an empty permissive category', raw(category('permissive', 'Release'))],
    ['an unknown tag', raw(release, category('restrictive', 'Colour', 'RED'))],
    ['an unknown value', raw(release, category('restrictive', 'Handling', 'CHAIN'))],
    [
      'a type other than the policy says',
      raw(release, category('informative', 'Handling', 'ANCHOR')),
    ],
    ['a repeated tag', raw(release, release)],
    ['an unknown classification', { ...SECRET, classification: 'COSMIC' }],
    ['an unknown policy', { ...SECRET, policy: { name: 'XAA', uri: null } }],
    ['a wrong policy OID', { ...SECRET, policy: { name: 'MISSION', uri: 'urn:oid:1.2' } }],
    ['a label without date', { ...SECRET, created: '' }],
  ])('denies %s', (_, label) => {
    const cleared = party(
      AUS,
      { Handling: ['ANCHOR', 'CHAIN'], Colour: ['RED'] },
      {
        classifications: ['SECRET', 'COSMIC'],
      },
    );
    expect(ask(label, cleared).outcome).toBe('deny');
  });

  it.each([
    ['missing', null, {}],
    ['expired', party(AUS, {}, { expires: NOW / 1000 }), {}],
    ['not yet valid', party(AUS, {}, { notBefore: NOW / 1000 + 1 }), {}],
    ['without clearance in the policy', party(AUS, {}, { clearance: new Map() }), {}],
    ['revoked', party(AUS), { partyStatus: 'revoked' }],
    ['suspended', party(AUS), { partyStatus: 'suspended' }],
    ['stale', party(AUS), { partyStatus: 'stale' }],
  ] as const)('denies a credential that is %s', (_, who, rest) => {
    expect(ask(SECRET, who, rest).outcome).toBe('deny');
  });

  it('denies when a rule throws', () => {
    const broken = new Map([[MISSION_POLICY.name, { ...MISSION_POLICY, tags: null }]]);
    const policies = broken as unknown as ReadonlyMap<string, LabelPolicy>;
    expect(codes(ask(SECRET, party(AUS), { policies }))).toEqual(['RULE_ERROR']);
  });
});

const parties = fc.option(
  fc
    .record({
      code: fc.constantFrom(...NATIONS),
      handling: fc.subarray(['ANCHOR', 'BEACON']),
      control: fc.subarray(['ITAR', 'EAR']),
      authority: fc.subarray(['ITAR-126.7', 'TAA-EXAMPLE']),
      classifications: fc.subarray(MISSION_POLICY.classifications.map(({ name }) => name)),
      expires: fc.constantFrom(1, 1_900_000_000),
    })
    .map(({ code, handling, control, authority, classifications, expires }) =>
      party(
        code,
        { Handling: handling, 'Export Control': control, 'Export Authority': authority },
        { classifications, expires },
      ),
    ),
  { nil: null },
);
const acts = fc.constantFrom('receive', 'relay', 'display', 'derive', 'forward' as const);

describe('properties of the decision', () => {
  it('never throws, and answers the same again, whatever the label', () => {
    const text = fc.string({ maxLength: 12 });
    const wild = fc.record({
      kind: fc.constantFrom('originator', 'alternative', 'metadata'),
      policy: fc.record({
        name: fc.oneof(text, fc.constant('MISSION')),
        uri: fc.option(text, { nil: null }),
      }),
      classification: fc.oneof(text, fc.constant('SECRET')),
      categories: fc.array(
        fc.record({
          type: fc.constantFrom('permissive', 'restrictive', 'informative'),
          tag: fc.oneof(text, fc.constant('Release')),
          uri: fc.constant(null),
          values: fc.array(text),
        }),
      ),
      created: text,
    }) as fc.Arbitrary<Label>;
    fc.assert(
      fc.property(fc.oneof(wild, missionLabels), parties, acts, (label, who, act) => {
        const decision = ask(label, who, { act });
        expect(ask(label, who, { act })).toEqual(decision);
        if (decision.outcome === 'deny') expect(decision.reasons.length).toBeGreaterThan(0);
      }),
    );
  });

  it('does not depend on the order of categories or values', () => {
    fc.assert(
      fc.property(missionLabels, parties, acts, (label, who, act) => {
        const turned = {
          ...label,
          categories: label.categories
            .map((one) => ({ ...one, values: [...one.values].reverse() }))
            .reverse(),
        };
        expect(ask(turned, who, { act }).outcome).toBe(ask(label, who, { act }).outcome);
      }),
    );
  });

  it('never turns a denial into a permit when a party loses something', () => {
    fc.assert(
      fc.property(missionLabels, parties, (label, who) => {
        if (who === null || ask(label, who).outcome === 'permit') return;
        const held = who.clearance.get(MISSION_POLICY.name);
        if (held === undefined) return;
        for (const tag of held.tags.keys()) {
          const tags = new Map([...held.tags].filter(([name]) => name !== tag));
          const clearance = new Map([[MISSION_POLICY.name, { ...held, tags }]]);
          expect(ask(label, { ...who, clearance }).outcome).toBe('deny');
        }
        for (const gone of held.classifications) {
          const classifications = held.classifications.filter((name) => name !== gone);
          const clearance = new Map([[MISSION_POLICY.name, { ...held, classifications }]]);
          expect(ask(label, { ...who, clearance }).outcome).toBe('deny');
        }
      }),
    );
  });

  it('leads to a permit when every listed reason is cured', () => {
    fc.assert(
      fc.property(missionLabels, parties, acts, (label, who, act) => {
        if (who === null) return;
        const decision = ask(label, who, { act });
        const listed = new Set(codes(decision));
        const cured = party(
          who.issuer,
          Object.fromEntries(
            label.categories.map(({ tag, values }): [string, readonly string[]] => {
              const held = who.clearance.get('MISSION')?.tags.get(tag) ?? [];
              const cure = listed.has('RESTRICTIVE') || listed.has('PERMISSIVE');
              return [tag, cure ? values : held];
            }),
          ),
          {
            classifications: listed.has('CLASS')
              ? [label.classification]
              : (who.clearance.get('MISSION')?.classifications ?? []),
            expires: listed.has('CRED') ? 1_900_000_000 : who.expires,
          },
        );
        const grantedTo = listed.has('PERMISSIVE') || listed.has('OWNER_ONLY') ? [who.issuer] : [];
        const consents = listed.has('ORCON')
          ? [{ item: ITEM, originator: GBR, requester: who.issuer, notAfterMs: NOW + 1 }]
          : [];
        expect(ask(label, cured, { act, grantedTo, consents }).outcome).toBe('permit');
      }),
    );
  });
});

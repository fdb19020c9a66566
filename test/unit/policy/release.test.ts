import { describe, expect, it } from 'vitest';
import type { Digest, EventId, Nation } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import { digestLabel } from '../../../src/domain/codec/label.js';
import type { Decision, DecisionInput } from '../../../src/domain/release.js';
import { parseMarking } from '../../../src/core/labels/index.js';
import type { CacheKey } from '../../../src/core/policy/index.js';
import {
  DecisionCache,
  GROUPS,
  MISSION_POLICY,
  decide,
  policySetDigest,
  release,
  releaseAll,
  releaseSet,
} from '../../../src/core/policy/index.js';
import { Released } from '../../../src/core/policy/released.js';
import { party } from './parties.js';

const [AUS, GBR, JPN] = ['AUS', 'GBR', 'JPN'].map(nation) as [Nation, Nation, Nation];
const NOW = Date.parse('2026-06-01T00:00:00Z');
const SET = {
  policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
  groups: new Map(GROUPS.map((group) => [group.name, group])),
};

function labelOf(marking: string): DecisionInput['label'] {
  const parsed = parseMarking(marking, MISSION_POLICY, '2026-01-01T00:00:00Z');
  if (!parsed.ok) throw new Error(parsed.error.rule);
  return parsed.value;
}

function decisionFor(who: Nation, rest: Partial<DecisionInput> = {}): Decision {
  return decide({
    act: 'receive',
    label: labelOf('GBR SECRET REL TO AUS, GBR'),
    party: party(who),
    originator: GBR,
    ...SET,
    grantedTo: [],
    item: null,
    nowMs: NOW,
    ...rest,
  });
}

describe('the mint of Released', () => {
  it('mints for the nations that have their own permit', () => {
    const released = release('content', [
      { nation: AUS, decision: decisionFor(AUS) },
      { nation: GBR, decision: decisionFor(GBR) },
    ]);
    expect(Released.is(released)).toBe(true);
    expect(released.to).toEqual([AUS, GBR]);
  });

  it('refuses a denial, a permit of another nation, and a permit that nobody decided', () => {
    const mint = (who: Nation, decision: Decision) => () =>
      release('x', [{ nation: who, decision }]);
    expect(mint(JPN, decisionFor(JPN))).toThrow(/JPN needs a permit/);
    expect(mint(JPN, decisionFor(AUS))).toThrow(/JPN needs a permit/);
    expect(mint(JPN, { ...decisionFor(AUS) })).toThrow(/JPN needs a permit/);
    const forged: Decision = {
      outcome: 'permit',
      obligations: [],
      rules: [],
      validUntil: Infinity,
    };
    expect(mint(AUS, forged)).toThrow(/AUS needs a permit/);
  });

  it('joins only what is released to the same nation', () => {
    const one = release('a', [{ nation: AUS, decision: decisionFor(AUS) }]);
    const two = release('b', [{ nation: GBR, decision: decisionFor(GBR) }]);
    expect(releaseAll([one, one], AUS, (all) => all.join('')).value).toBe('aa');
    expect(() => releaseAll([one, two], AUS, (all) => all.join(''))).toThrow(/AUS/);
  });
});

describe('the release set', () => {
  const label = labelOf('GBR SECRET REL TO JPN, AUS');

  it('is sorted and always holds the originator', () => {
    expect(releaseSet(label, GBR, [], { ...SET, nowMs: NOW })).toEqual([GBR]);
    const parties = [party(JPN), party(AUS), null, party(nation('USA'))];
    expect(releaseSet(label, GBR, parties, { ...SET, nowMs: NOW })).toEqual([AUS, GBR, JPN]);
  });

  it('takes nobody out for being away, and counts clearance as it stands', () => {
    const away = party(JPN, {}, { expires: 1 });
    const low = party(AUS, {}, { classifications: ['UNCLASSIFIED'] });
    expect(releaseSet(label, GBR, [away, low], { ...SET, nowMs: NOW })).toEqual([GBR, JPN]);
  });
});

describe('the policy-set digest', () => {
  it('does not depend on order, and tells every change', () => {
    const digest = policySetDigest(SET);
    const turned = { ...SET, groups: new Map([...SET.groups].reverse()) };
    expect(policySetDigest(turned)).toBe(digest);
    expect(policySetDigest({ ...SET, groups: new Map() })).not.toBe(digest);
    const [first, ...rest] = MISSION_POLICY.tags;
    if (first === undefined) throw new Error('the policy has tags');
    const other = { ...MISSION_POLICY, tags: [{ ...first, required: true }, ...rest] };
    expect(policySetDigest({ ...SET, policies: new Map([['MISSION', other]]) })).not.toBe(digest);
  });
});

describe('the decision cache', () => {
  const key: CacheKey = {
    act: 'receive',
    label: digestLabel(labelOf('GBR SECRET REL TO AUS')).digest,
    party: party(AUS).digest,
    partyStatus: 'current',
    originator: GBR,
    policySet: policySetDigest(SET),
  };

  it('answers as uncached across every date edge', () => {
    const cache = new DecisionCache();
    const expires = NOW / 1000 + 100;
    const who = party(AUS, {}, { notBefore: NOW / 1000 - 100, expires });
    for (let nowMs = NOW - 200_000; nowMs < NOW + 200_000; nowMs += 7_000) {
      const make = (): Decision => decisionFor(AUS, { party: who, nowMs });
      expect(cache.get(key, nowMs, make).outcome).toBe(make().outcome);
    }
  });

  it('asks once while nothing changes, and again when the clock runs back', () => {
    const cache = new DecisionCache();
    let asked = 0;
    const make = (): Decision => {
      asked++;
      return decisionFor(AUS);
    };
    cache.get(key, NOW, make);
    cache.get(key, NOW + 1, make);
    expect(asked).toBe(1);
    cache.get(key, NOW - 1, make);
    expect(asked).toBe(2);
  });

  it('keeps apart what differs in any part of the key', () => {
    const cache = new DecisionCache();
    let asked = 0;
    const make = (): Decision => {
      asked++;
      return decisionFor(AUS);
    };
    const facts = { item: 'ab'.repeat(32) as EventId, digest: 'cd'.repeat(32) as Digest };
    const keys: readonly CacheKey[] = [
      key,
      { ...key, act: 'derive' },
      { ...key, party: party(JPN).digest },
      { ...key, partyStatus: 'stale' },
      { ...key, originator: AUS },
      { ...key, policySet: 'ee'.repeat(32) as Digest },
      { ...key, facts },
      { ...key, facts: { ...facts, digest: 'ef'.repeat(32) as Digest } },
    ];
    for (const one of keys) cache.get(one, NOW, make);
    expect(asked).toBe(keys.length);
  });

  it('stays within its bound', () => {
    const cache = new DecisionCache(1);
    let asked = 0;
    const make = (): Decision => {
      asked++;
      return decisionFor(AUS);
    };
    cache.get(key, NOW, make);
    cache.get({ ...key, act: 'relay' }, NOW, make);
    cache.get(key, NOW, make);
    expect(asked).toBe(3);
  });
});

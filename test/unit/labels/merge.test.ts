import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Label } from '../../../src/domain/label.js';
import { nation } from '../../../src/domain/ids.js';
import type { MergeSource } from '../../../src/core/labels/index.js';
import { mergeLabels, parseMarking, printMarking } from '../../../src/core/labels/index.js';
import { MISSION_POLICY, decide } from '../../../src/core/policy/index.js';
import { NATIONS, missionLabels } from './arbitrary.js';
import { party } from '../policy/parties.js';

const DERIVER = nation('AUS');
const TARGET = { owner: DERIVER, created: '2026-06-01T00:00:00Z' };

const sources = fc.array(fc.record({ label: missionLabels, owner: fc.constantFrom(...NATIONS) }), {
  minLength: 1,
  maxLength: 4,
}) as fc.Arbitrary<[MergeSource, ...MergeSource[]]>;

function merge(...all: readonly [MergeSource, ...MergeSource[]]): ReturnType<typeof mergeLabels> {
  return mergeLabels(all, MISSION_POLICY, TARGET);
}

function source(marking: string, owner: string): MergeSource {
  const parsed = parseMarking(marking, MISSION_POLICY, '2026-01-01T00:00:00Z');
  if (!parsed.ok) throw new Error(parsed.error.rule);
  return { label: parsed.value, owner: nation(owner) };
}

function printed(...all: readonly [MergeSource, ...MergeSource[]]): string {
  const merged = merge(...all);
  return merged.kind === 'label' ? printMarking(merged.label, MISSION_POLICY) : merged.kind;
}

/** Readers of a label by release alone: a cleared party of each nation. */
function readers(label: Label, owner: string): readonly string[] {
  return NATIONS.filter((code) => {
    const decision = decide({
      act: 'receive',
      label,
      party: party(code, {
        Handling: ['ANCHOR', 'BEACON'],
        'Export Control': ['ITAR', 'EAR'],
        'Export Authority': ['ITAR-126.7'],
      }),
      originator: nation(owner),
      policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
      groups: new Map(),
      grantedTo: [],
      item: null,
      nowMs: Date.parse('2026-06-01T00:00:00Z'),
    });
    return decision.outcome === 'permit';
  });
}

describe('strict merge of the labels of sources', () => {
  it('intersects release, unites restrictions, takes the highest class', () => {
    expect(
      printed(
        source('GBR SECRET ORCON REL TO AUS, CAN, GBR, NZL, USA', 'GBR'),
        source('USA CONFIDENTIAL ITAR REL TO AUS, GBR, JPN, USA', 'USA'),
      ),
    ).toBe('AUS SECRET ORCON/ITAR REL TO AUS, GBR, USA');
  });

  it('reads an absent release tag as the owner alone, never as everybody', () => {
    expect(
      printed(source('GBR SECRET', 'GBR'), source('USA SECRET REL TO AUS, GBR, USA', 'USA')),
    ).toBe('AUS SECRET REL TO GBR');
  });

  it('answers NO RELEASE for disjoint sets, and names whose act is needed', () => {
    expect(
      merge(source('GBR SECRET REL TO GBR', 'GBR'), source('USA SECRET REL TO USA', 'USA')),
    ).toEqual({ kind: 'no-release', needs: ['GBR', 'USA'] });
  });

  it('leaves another policy and two classes of one rank to a person', () => {
    const { label, owner } = source('GBR SECRET REL TO AUS', 'GBR');
    const foreign = { label: { ...label, policy: { name: 'XAA', uri: null } }, owner };
    expect(merge(foreign, { label, owner }).kind).toBe('policy-decision');
    const flat = {
      ...MISSION_POLICY,
      classifications: MISSION_POLICY.classifications.map(({ name }) => ({ name, hierarchy: 1 })),
    };
    expect(mergeLabels([{ label, owner }], flat, TARGET).kind).toBe('policy-decision');
  });

  it('does not depend on order or repetition', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const turned = [...all].reverse() as [MergeSource, ...MergeSource[]];
        expect(merge(...turned)).toEqual(merge(...all));
        expect(merge(...all, ...all)).toEqual(merge(...all));
      }),
    );
  });

  it('is associative', () => {
    fc.assert(
      fc.property(sources, sources, (left, right) => {
        const folded = merge(...left);
        if (folded.kind !== 'label') return;
        const again = merge({ label: folded.label, owner: DERIVER }, ...right);
        const whole = merge(...left, ...right);
        // A NO RELEASE names the owners it was told of; both forms permit nobody.
        expect(again.kind).toBe(whole.kind);
        if (again.kind === 'label') expect(again).toEqual(whole);
      }),
    );
  });

  it('admits nobody that a source refuses: sound, and monotone in the sources', () => {
    fc.assert(
      fc.property(sources, fc.record({ label: missionLabels }), (all, { label }) => {
        const merged = merge(...all);
        if (merged.kind !== 'label') return;
        const admitted = readers(merged.label, DERIVER).filter((code) => code !== DERIVER);
        for (const one of all) {
          const own = readers(one.label, one.owner);
          for (const code of admitted) expect(own).toContain(code);
        }
        const more = merge(...all, { label, owner: nation('GBR') });
        if (more.kind !== 'label') return;
        for (const code of readers(more.label, DERIVER)) {
          if (code !== DERIVER) expect(admitted).toContain(code);
        }
      }),
    );
  });

  it('keeps at least the class and every restriction of each source', () => {
    const rank = (name: string): number =>
      MISSION_POLICY.classifications.find((c) => c.name === name)?.hierarchy ?? 0;
    fc.assert(
      fc.property(sources, (all) => {
        const merged = merge(...all);
        if (merged.kind !== 'label') return;
        for (const { label } of all) {
          expect(rank(merged.label.classification)).toBeGreaterThanOrEqual(
            rank(label.classification),
          );
          for (const { tag, values } of label.categories.filter((c) => c.type === 'restrictive')) {
            const kept = merged.label.categories.find((c) => c.tag === tag)?.values ?? [];
            for (const value of values) expect(kept).toContain(value);
          }
        }
      }),
    );
  });
});

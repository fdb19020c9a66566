import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { labelFaults, parseMarking, printMarking } from '../../../src/core/labels/index.js';
import { MISSION_POLICY } from '../../../src/core/policy/index.js';
import { missionLabels } from './arbitrary.js';

const CREATED = '2026-01-01T00:00:00Z';

function canonical(marking: string): string {
  const parsed = parseMarking(marking, MISSION_POLICY, CREATED);
  return parsed.ok ? printMarking(parsed.value, MISSION_POLICY) : `refused: ${parsed.error.rule}`;
}

describe('markings of the mission policy', () => {
  it.each([
    'MISSION SECRET REL TO AUS, GBR',
    'MISSION SECRET',
    'GBR TOP SECRET ORCON/ANCHOR REL TO AUS, CAN, GBR, NZL, USA',
    'NATO SECRET REL TO AUS, CAN, GBR, NZL, USA',
    'USA CONFIDENTIAL NO ONWARD RELEASE/ITAR/ITAR-126.7 REL TO AUS, GBR, USA',
    'AUS UNCLASSIFIED EXERCISE',
  ])('prints %s as it stands', (marking) => {
    expect(canonical(marking)).toBe(marking);
  });

  it('brings order and white space into canonical form', () => {
    expect(canonical('  GBR  SECRET ANCHOR/ORCON   REL TO USA,  AUS')).toBe(
      'GBR SECRET ORCON/ANCHOR REL TO AUS, USA',
    );
  });

  it.each([
    ['no classification', 'MISSION'],
    ['an unknown classification', 'MISSION COSMIC'],
    ['an unknown owner', 'ACME SECRET'],
    ['an unknown caveat', 'MISSION SECRET FOO'],
    ['a caveat twice', 'MISSION SECRET ORCON/ORCON'],
    ['a group for a nation', 'MISSION SECRET REL TO FVEY'],
    ['a nation twice', 'MISSION SECRET REL TO AUS, AUS'],
    ['two releases', 'MISSION SECRET REL TO AUS REL TO GBR'],
    ['an empty release', 'MISSION SECRET REL TO '],
    ['nothing', ''],
  ])('refuses %s', (_, marking) => {
    expect(parseMarking(marking, MISSION_POLICY, CREATED).ok).toBe(false);
  });

  it('parses what it prints, whatever the order inside the label', () => {
    fc.assert(
      fc.property(missionLabels, (label) => {
        const shuffled = {
          ...label,
          categories: label.categories
            .map((category) => ({ ...category, values: [...category.values].reverse() }))
            .reverse(),
        };
        const printed = printMarking(label, MISSION_POLICY);
        expect(printMarking(shuffled, MISSION_POLICY)).toBe(printed);
        const parsed = parseMarking(printed, MISSION_POLICY, label.created);
        expect(parsed.ok && printMarking(parsed.value, MISSION_POLICY)).toBe(printed);
        expect(parsed.ok && labelFaults(parsed.value, MISSION_POLICY)).toEqual([]);
      }),
    );
  });
});

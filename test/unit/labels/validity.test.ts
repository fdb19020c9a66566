import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Category, Label } from '../../../src/domain/label.js';
import { labelFaults } from '../../../src/core/labels/index.js';
import { MISSION_POLICY } from '../../../src/core/policy/index.js';
import { missionLabels } from './arbitrary.js';

function labelWith(...categories: readonly Category[]): Label {
  return {
    kind: 'originator',
    policy: { name: 'MISSION', uri: null },
    classification: 'SECRET',
    categories,
    created: '2026-01-01T00:00:00Z',
  };
}

function category(type: Category['type'], tag: string, ...values: string[]): Category {
  return { type, tag, uri: null, values };
}

const RELEASE = category('permissive', 'Release', 'AUS');

describe('label validity against a policy', () => {
  it('finds nothing against a valid label', () => {
    fc.assert(
      fc.property(missionLabels, (label) => {
        expect(labelFaults(label, MISSION_POLICY)).toEqual([]);
      }),
    );
  });

  it.each([
    ['an empty category', labelWith(category('permissive', 'Release')), 'LABEL_INVALID'],
    ['an unknown tag', labelWith(category('restrictive', 'Colour', 'RED')), 'UNKNOWN_TAG'],
    ['an unknown value', labelWith(category('restrictive', 'Handling', 'CHAIN')), 'UNKNOWN_TAG'],
    ['another type', labelWith(category('informative', 'Release', 'AUS')), 'UNKNOWN_TAG'],
    ['a group as nation', labelWith(category('permissive', 'Release', 'FVEY')), 'UNKNOWN_TAG'],
    ['a repeated tag', labelWith(RELEASE, RELEASE), 'LABEL_INVALID'],
    ['a value twice', labelWith(category('permissive', 'Release', 'AUS', 'AUS')), 'LABEL_INVALID'],
    ['two owners', labelWith(category('informative', 'Ownership', 'AUS', 'GBR')), 'LABEL_INVALID'],
    ['an unknown class', { ...labelWith(), classification: 'COSMIC' }, 'CLASS'],
    ['another policy', { ...labelWith(), policy: { name: 'XAA', uri: null } }, 'POLICY'],
    ['another OID', { ...labelWith(), policy: { name: 'MISSION', uri: 'urn:oid:1' } }, 'POLICY'],
    ['no creation time', { ...labelWith(), created: 'yesterday' }, 'LABEL_INVALID'],
  ] as const)('finds %s', (_, label, code) => {
    expect(labelFaults(label, MISSION_POLICY).map((fault) => fault.code)).toContain(code);
  });

  it('asks for required tags', () => {
    const [first, ...rest] = MISSION_POLICY.tags;
    if (first === undefined) throw new Error('the policy has tags');
    const strict = { ...MISSION_POLICY, tags: [{ ...first, required: true }, ...rest] };
    expect(labelFaults(labelWith(), strict).map(({ tag }) => tag)).toEqual(['Ownership']);
  });
});

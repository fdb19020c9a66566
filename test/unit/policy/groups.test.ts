import { describe, expect, it } from 'vitest';
import { nation } from '../../../src/domain/ids.js';
import type { Group } from '../../../src/domain/operation.js';
import type { Label } from '../../../src/domain/label.js';
import type { Decision, LabelPolicy } from '../../../src/domain/release.js';
import { GROUPS, decide, isMember, membersAt } from '../../../src/core/policy/index.js';
import { party } from './parties.js';

const NATO = GROUPS.find(({ name }) => name === 'NATO') as Group;
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const NOW = day('2026-06-01');

/** A fictional policy whose release values are groups and an atom that no data decomposes. */
const XAA: LabelPolicy = {
  name: 'XAA',
  uri: 'urn:oid:2.25.1',
  classifications: [{ name: 'SECRET', hierarchy: 1 }],
  tags: [
    {
      name: 'Releasable To',
      uri: null,
      type: 'permissive',
      values: ['NATO', 'LEAGUE'],
      absent: 'owner-only',
      required: false,
      single: false,
    },
  ],
};

function label(created: string, ...values: string[]): Label {
  return {
    kind: 'originator',
    policy: { name: 'XAA', uri: 'urn:oid:2.25.1' },
    classification: 'SECRET',
    categories: [{ type: 'permissive', tag: 'Releasable To', uri: null, values }],
    created,
  };
}

interface Case {
  readonly code: string;
  readonly label: Label;
  readonly coi?: readonly string[];
  readonly tags?: readonly string[];
  readonly groups?: readonly Group[];
  readonly nowMs?: number;
}

function ask({ code, label, coi = ['NATO'], tags = [], groups = GROUPS, nowMs }: Case): Decision {
  const clearance = new Map([
    ['XAA', { classifications: ['SECRET'], tags: new Map([['Releasable To', tags]]) }],
  ]);
  return decide({
    act: 'receive',
    label,
    party: party(nation(code), {}, { clearance, coi, notBefore: 0 }),
    originator: nation('GBR'),
    policies: new Map([['XAA', XAA]]),
    groups: new Map(groups.map((group) => [group.name, group])),
    grantedTo: [],
    item: null,
    nowMs: nowMs ?? NOW,
  });
}

describe('groups with dates', () => {
  it.each([
    ['FIN', '2023-04-04'],
    ['SWE', '2024-03-07'],
  ])('%s reads papers from its day of accession, none from before', (code, accession) => {
    const before = new Date(day(accession) - 1).toISOString();
    expect(ask({ code, label: label(before, 'NATO') }).outcome).toBe('deny');
    expect(ask({ code, label: label(`${accession}T00:00:00Z`, 'NATO') }).outcome).toBe('permit');
    expect(ask({ code, label: label('2026-01-01T00:00:00Z', 'NATO') }).outcome).toBe('permit');
  });

  it('a member that left reads nothing any more, and may read after it is back', () => {
    const GBR = nation('GBR');
    const league: Group = {
      name: 'LEAGUE',
      members: [
        { nation: GBR, from: '2020-01-01T00:00:00Z', until: '2022-01-01T00:00:00Z' },
        { nation: GBR, from: '2024-01-01T00:00:00Z' },
      ],
    };
    expect(isMember(league, GBR, day('2021-01-01'), day('2021-06-01'))).toBe(true);
    expect(isMember(league, GBR, day('2021-01-01'), day('2022-01-01'))).toBe(false);
    expect(isMember(league, GBR, day('2023-01-01'), day('2025-01-01'))).toBe(false);
    expect(isMember(league, GBR, day('2021-01-01'), day('2025-01-01'))).toBe(true);
  });

  it('asks the credential to assert the group that its nation belongs to', () => {
    const paper = label('2026-01-01T00:00:00Z', 'NATO');
    expect(ask({ code: 'USA', label: paper, coi: [] }).outcome).toBe('deny');
    expect(ask({ code: 'JPN', label: paper, coi: ['NATO'] }).outcome).toBe('deny');
  });

  it('takes a value that no group decomposes as an atom of the clearance', () => {
    const paper = label('2026-01-01T00:00:00Z', 'LEAGUE');
    expect(ask({ code: 'JPN', label: paper, tags: ['LEAGUE'] }).outcome).toBe('permit');
    expect(ask({ code: 'JPN', label: paper, coi: ['LEAGUE'] }).outcome).toBe('deny');
  });

  it('denies a party without groups', () => {
    const paper = label('2026-01-01T00:00:00Z', 'NATO');
    expect(ask({ code: 'USA', label: paper, groups: [], coi: ['NATO'] }).outcome).toBe('deny');
  });

  it('ends a decision at the next accession', () => {
    const nowMs = day('2024-01-01');
    const decision = ask({ code: 'USA', label: label('2023-06-01T00:00:00Z', 'NATO'), nowMs });
    expect(decision.validUntil).toBe(day('2024-03-07'));
  });

  it('decides by the version that is recognised', () => {
    const older: Group = {
      name: 'NATO',
      members: NATO.members.filter((member) => member.nation !== 'FIN'),
    };
    const paper = label('2026-01-01T00:00:00Z', 'NATO');
    expect(ask({ code: 'FIN', label: paper, groups: [older] }).outcome).toBe('deny');
  });

  it('ships thirty-two allies, five eyes and three partners', () => {
    const sizes = GROUPS.map((group) => [group.name, membersAt(group, NOW).length]);
    expect(sizes).toEqual([
      ['FVEY', 5],
      ['AUKUS', 3],
      ['NATO', 32],
    ]);
    expect(membersAt(NATO, day('2023-04-03'))).toHaveLength(30);
  });
});

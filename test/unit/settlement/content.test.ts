import { describe, expect, it } from 'vitest';
import type { ContentCheck, OpenedInput } from '../../../src/core/settlement/index.js';
import { checkContent, openedBitmap } from '../../../src/core/settlement/index.js';
import type { BodyContent, BodyOf } from '../../../src/domain/body.js';
import { decisionSlot } from '../../../src/domain/codec/entry-extension.js';
import { blindOf } from '../../../src/domain/codec/release-keys.js';
import type { Parent } from '../../../src/domain/event.js';
import type { Blind } from '../../../src/domain/ids.js';
import type { EntryInput } from '../../../src/domain/settlement.js';
import type { TestEvent } from './events.js';
import { eventOf } from './events.js';
import type { TestNation } from './nations.js';
import { bytesOf } from './nations.js';
import { AUS, GBR, JPN, USA, coreOf, hand } from './operation.js';

const RUN = new Uint8Array(16).fill(3);
const cue = eventOf(GBR, { type: 'intelligence-product', text: 'cue', contentType: 'text/plain' });
const track = eventOf(USA, { type: 'contribution', text: 'track', slotSalt: bytesOf('usa slot') });
const aircraft = eventOf(JPN, {
  type: 'contribution',
  text: 'aircraft',
  asset: 'P-1',
  slotSalt: bytesOf('jpn slot'),
});

interface Used {
  readonly of: TestNation;
  readonly event: TestEvent;
  readonly salt: Uint8Array;
  readonly mode?: EntryInput['mode'];
}

const opened = ({ event, salt }: Used): OpenedInput => ({
  admitted: event.admitted,
  salt,
  content: event.content,
});
const blindOfUsed = ({ event, salt }: Used): Blind => blindOf(salt, event.id);
const parentOf = (used: Used): Parent => ({
  form: 'blinded',
  blind: blindOfUsed(used),
  relation: 'derived-from',
  nation: used.of.nation,
});

/** A settlement of AUS with an outcome of this content over these inputs. */
function check(
  content: BodyContent,
  inputs: readonly Used[],
  parents = inputs.map(parentOf),
): ContentCheck {
  const outcome = eventOf(AUS, content, parents);
  const salt =
    content.type === 'decision-record' || content.type === 'tasking'
      ? content.outcomeSalt
      : bytesOf('none');
  const core = coreOf({
    extension:
      content.type === 'tasking'
        ? { kind: 'tasking', levels: [] }
        : { kind: 'decision', slot: decisionSlot(null, RUN, 'identify'), levels: [] },
    hands: [hand(AUS)],
    inputs: inputs.map((used) => ({
      originator: used.of.nation,
      mode: used.mode ?? 'cites',
      blind: blindOfUsed(used),
    })),
  });
  return {
    core: { ...core, outcome: { originator: AUS.nation, blind: blindOf(salt, outcome.id) } },
    inputs: inputs.map(opened),
    outcome: { admitted: outcome.admitted, content },
    consents: [],
    labelWithin: () => undefined,
  };
}

const used: readonly Used[] = [
  { of: GBR, event: cue, salt: bytesOf('s1') },
  { of: USA, event: track, salt: bytesOf('s2') },
];
const decision: BodyOf<'decision-record'> = {
  type: 'decision-record',
  pathway: null,
  run: RUN,
  step: 'identify',
  reason: 'cue and track agree',
  outcomeSalt: bytesOf('s4'),
  openings: [{ blind: blindOfUsed(used[1]!), event: track.id, salt: bytesOf('s2') }],
};
const tasking: BodyOf<'tasking'> = {
  type: 'tasking',
  asset: 'P-1',
  task: 'look',
  outcomeSalt: bytesOf('s5'),
  openings: [],
};
const right: Used = { of: JPN, event: aircraft, salt: bytesOf('jpn slot'), mode: 'consumes' };
const good = check(decision, used);

function codes(content: ContentCheck): readonly string[] {
  return checkContent(content).map(({ code }) => code);
}

describe('content checks of an approver', () => {
  it('finds nothing in a decision and a tasking done right', () => {
    expect(codes(good)).toEqual([]);
    expect(codes(check(tasking, [right]))).toEqual([]);
  });

  it.each<[string, ContentCheck]>([
    [
      'BLIND',
      { ...good, inputs: [{ ...good.inputs[0]!, salt: bytesOf('other') }, good.inputs[1]!] },
    ],
    ['ORIGINATOR', check(decision, [{ ...used[0]!, of: JPN }, used[1]!])],
    ['OUTCOME_MISSING', { ...good, outcome: null }],
    [
      'OUTCOME_BLIND',
      {
        ...good,
        core: {
          ...good.core,
          outcome: { originator: AUS.nation, blind: '00'.repeat(32) as Blind },
        },
      },
    ],
    ['OUTCOME_OPERATION', { ...good, outcome: outcomeElsewhere(good) }],
    ['PARENTS', check(decision, used, [...used].reverse().map(parentOf))],
    [
      'OPENINGS',
      check({ ...decision, openings: [{ ...decision.openings[0]!, salt: bytesOf('x') }] }, used),
    ],
    ['CONTRIBUTION', check({ ...decision, openings: [] }, used.slice(0, 1))],
    ['REASON', check({ ...decision, reason: ' ' }, used)],
    ['SLOT', check({ ...decision, step: 'other' }, used)],
    ['SLOT_SALT', check(tasking, [{ ...right, salt: bytesOf('own salt') }])],
  ])('refuses by %s alone', (code, content) => {
    expect(codes(content)).toEqual([code]);
  });

  it('refuses an outcome of another type', () => {
    const core = { ...good.core, kind: 'tasking' as const };
    expect(codes({ ...good, core })).toContain('OUTCOME_TYPE');
  });

  it('cannot judge contributions among inputs that are withheld', () => {
    const content = check({ ...decision, openings: [] }, used.slice(0, 1));
    const hidden = { ...content, inputs: [null] };
    expect(codes(hidden)).toEqual([]);
    expect(openedBitmap([null, good.inputs[1]!])).toBe(2);
  });

  it('hands labels and consents to the check it was given', () => {
    const refusal = {
      code: 'NO_RELEASE',
      field: 'label',
      rule: 'r',
      authority: 'GBR',
      detail: 'd',
      remedy: 'm',
    };
    expect(codes({ ...good, labelWithin: () => refusal })).toEqual(['NO_RELEASE']);
  });
});

/** The same outcome, said to be of another operation. */
function outcomeElsewhere(content: ContentCheck): ContentCheck['outcome'] {
  const { outcome } = content;
  if (outcome === null) return null;
  const { event, credential } = outcome.admitted;
  const payload = { ...event.payload, op: 'ee'.repeat(16) as typeof event.payload.op };
  return { ...outcome, admitted: { event: { ...event, payload }, credential } };
}

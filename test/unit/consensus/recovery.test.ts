import { describe, expect, test } from 'vitest';
import { guardOf, initialSafety, judgeStored } from '../../../src/core/consensus/recovery.js';
import {
  createReplica,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  replicaStatus,
  step,
} from '../../../src/core/consensus/index.js';
import type { Effect, Input, ReplicaState } from '../../../src/core/consensus/index.js';
import { encodeSafetyGuard, encodeSafetyRecord } from '../../../src/domain/codec/consensus.js';
import type { SafetyState } from '../../../src/domain/consensus.js';
import type { Settled } from '../../sim/toy-rules.js';
import { NOTHING_SETTLED, TOY_RULES, toyEntry } from '../../sim/toy-rules.js';
import { Fixture, id } from './fixtures.js';

const fixture = new Fixture();
const { epoch } = fixture;
const safety: SafetyState = {
  ...initialSafety(epoch),
  lastVote: { view: 5, block: id(5) },
  highQC: fixture.certificate('vote', 4, id(4)),
};

function stored(counter: number, guardCounter: number, change: Partial<SafetyState> = {}) {
  return {
    firstStart: false,
    record: encodeSafetyRecord({ counter, lost: false, safety }),
    guardSlots: [encodeSafetyGuard(guardOf(guardCounter, { ...safety, ...change }))],
    pending: [],
  };
}

describe('judging the records of a former life', () => {
  test('in step, or one step apart: the larger views win', () => {
    expect(judgeStored(epoch, stored(7, 7))).toMatchObject({
      ok: true,
      value: { counter: 7, safety },
    });
    expect(judgeStored(epoch, stored(7, 6))).toMatchObject({ ok: true, value: { counter: 7 } });
    const ahead = judgeStored(
      epoch,
      stored(7, 8, {
        lastVote: { view: 6, block: id(6) },
        lastTimeout: { view: 6 },
        highQC: fixture.certificate('vote', 5, id(5)),
      }),
    );
    expect(ahead).toMatchObject({
      ok: true,
      value: {
        counter: 8,
        signFromQcView: 5,
        safety: { lastVote: { view: 6 }, lastTimeout: { view: 6 } },
      },
    });
    // The block of the guard's vote is unknown: it equals no block, so nothing is repeated.
    expect(ahead.ok && ahead.value.safety.lastVote.block).toBe('00'.repeat(32));
  });

  test.each([
    ['two steps apart', stored(7, 9)],
    ['two steps apart', stored(9, 7)],
    ['record gone', { firstStart: false, guardSlots: stored(7, 7).guardSlots }],
    ['both gone', { firstStart: false, guardSlots: [] }],
    ['record gone at a first start', { firstStart: true, guardSlots: stored(7, 7).guardSlots }],
    ['record damaged', { ...stored(7, 7), record: new Uint8Array(90) }],
    ['guard gone', { ...stored(7, 7), guardSlots: [] }],
    ['guard damaged', { ...stored(7, 7), guardSlots: [new Uint8Array(73)] }],
    [
      'lost before',
      { ...stored(7, 7), record: encodeSafetyRecord({ counter: 7, lost: true, safety }) },
    ],
    [
      'another epoch',
      {
        ...stored(7, 7),
        record: encodeSafetyRecord({ counter: 7, lost: false, safety: { ...safety, epoch: 2 } }),
      },
    ],
  ])('lost, never defaults: %s', (_, found) => {
    expect(judgeStored(epoch, found).ok).toBe(false);
  });

  test('one torn slot beside a good one is what a crash leaves', () => {
    const found = stored(7, 6);
    const slots = [new Uint8Array(40), ...found.guardSlots];
    expect(judgeStored(epoch, { ...found, guardSlots: slots }).ok).toBe(true);
  });
});

function begin(
  found: ReturnType<typeof stored> | { firstStart: boolean; guardSlots: []; pending: [] },
): {
  state: ReplicaState<Settled>;
  effects: readonly Effect[];
} {
  const state = createReplica<Settled>({
    epoch,
    self: 0,
    rules: TOY_RULES,
    verify: fixture.keys.verify,
    timing: DEFAULT_TIMING,
    limits: DEFAULT_LIMITS,
    jitterSeed: 1,
  });
  return step(state, { kind: 'recovered', stored: found, state: NOTHING_SETTLED, at: 0 });
}

function kinds(effects: readonly Effect[]): readonly string[] {
  return effects.map((effect) => effect.kind);
}

describe('starting', () => {
  const first = { firstStart: true, guardSlots: [], pending: [] } as {
    firstStart: boolean;
    guardSlots: [];
    pending: [];
  };
  const status = (from: number, yourNewest?: ReturnType<Fixture['vote']>): Input<Settled> => ({
    kind: 'message',
    from,
    at: 1,
    message: {
      type: 'status',
      status: {
        epoch: 1,
        view: 1,
        highQC: initialSafety(epoch).highQC,
        ...(yourNewest && { yourNewest }),
      },
    },
  });

  test('writes its first record and signs nothing before q − 1 members were heard', () => {
    const { state, effects } = begin(first);
    expect(kinds(effects)).toEqual(['persist']);
    expect(replicaStatus(state).phase).toBe('awaiting-status');
    const submit: Input<Settled> = { kind: 'entry-submitted', bytes: toyEntry('a'), at: 1 };
    expect(kinds(step(state, submit).effects)).toEqual(['broadcast', 'submission']);
    step(state, status(1));
    expect(replicaStatus(state).phase).toBe('awaiting-status');
    step(state, status(2));
    expect(replicaStatus(state).phase).toBe('running');
  });

  test('a lost record makes a learner, and the loss is written down', () => {
    const { state, effects } = begin({ ...stored(7, 9) });
    expect(kinds(effects)).toEqual(['halt', 'persist']);
    expect(replicaStatus(state).phase).toBe('learner');
    const batch = effects.flatMap((effect) => (effect.kind === 'persist' ? effect.batch : []))[0]!;
    const again = judgeStored(epoch, {
      firstStart: false,
      record: batch.record,
      guardSlots: [batch.guard],
    });
    expect(again).toMatchObject({ ok: false, error: 'marked as lost before' });
  });

  test('a peer that shows a newer own statement takes the vote away; a forged one does not', () => {
    const { state } = begin(first);
    const newer = fixture.vote('vote', 9, id(9), 0);
    const forged = { ...newer, signature: fixture.vote('vote', 9, id(9), 1).signature };
    expect(kinds(step(state, status(1, forged)).effects)).not.toContain('halt');
    const { effects } = step(state, status(2, newer));
    expect(kinds(effects)).toContain('halt');
    expect(replicaStatus(state).phase).toBe('learner');
  });

  test('a signature before its batch is durable is a bug of the shell', () => {
    const { state, effects } = begin(first);
    const token = effects.flatMap((e) => (e.kind === 'persist' ? e.token : []))[0]!;
    const statement = { kind: 'vote', epoch: 1, view: 1, block: id(1) } as const;
    const signed: Input<Settled> = {
      kind: 'signed',
      request: { statement, again: false, token },
      signature: new Uint8Array(64),
      at: 1,
    };
    expect(() => step(state, signed)).toThrow(/durable/);
    step(state, { kind: 'persisted', token, at: 1 });
    expect(() => step(state, signed)).not.toThrow();
  });
});

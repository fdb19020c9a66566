import { describe, expect, test } from 'vitest';
import type {
  CommitRequest,
  RuleName,
  TimeoutRequest,
  VoteRequest,
} from '../../../src/core/consensus/safety-rules.js';
import {
  COMMIT_RULES,
  SAFETY_RULES,
  TIMEOUT_RULES,
  VOTE_RULES,
} from '../../../src/core/consensus/safety-rules.js';
import { initialSafety } from '../../../src/core/consensus/recovery.js';
import type { Header, SafetyState } from '../../../src/domain/consensus.js';
import { entryId, Fixture, id } from './fixtures.js';

const fixture = new Fixture();
const initial = initialSafety(fixture.epoch);
const qc4 = fixture.certificate('vote', 4, id(4));
const qc3 = fixture.certificate('vote', 3, id(3));
const qc2 = fixture.certificate('vote', 2, id(2));
const tc4 = fixture.timeoutCertificate(4, qc3);

function header(change: Partial<Header> = {}): Header {
  const base = { height: 5, justifyView: 4, parent: qc4.block };
  return fixture.record(5, [entryId(1)], { ...base, ...change }).header;
}

/** A request for view 5 on QC(4) that every rule allows. */
function ballot(change: Partial<VoteRequest> = {}, head: Partial<Header> = {}): VoteRequest {
  return {
    id: id(5),
    header: header(head),
    justify: qc4,
    justifyValid: true,
    tcValid: false,
    leader: fixture.leader(5),
    parentHeight: 4,
    descendsFromCommitted: true,
    stored: true,
    entriesValid: true,
    afterReconfig: false,
    unfinishedAncestor: false,
    ...change,
  };
}

/** The same, entered by TC(4) whose highest certificate is of view 3. */
function afterTimeout(change: Partial<VoteRequest> = {}, head: Partial<Header> = {}): VoteRequest {
  const justify = change.justify ?? qc3;
  const fields = {
    tcView: 4,
    tcHighView: 3,
    justifyView: justify.view,
    parent: justify.block,
    ...head,
  };
  return ballot({ justify, tc: tc4, tcValid: true, ...change }, fields);
}

function state(change: Partial<SafetyState> = {}): SafetyState {
  return { ...initial, ...change };
}

const covered = new Set<RuleName>();

function expectVote(rule: RuleName | 'allowed', s: SafetyState, request: VoteRequest): void {
  const ruling = SAFETY_RULES.vote(s, request);
  expect(ruling.ok ? 'allowed' : ruling.rule).toBe(rule);
  if (rule !== 'allowed') covered.add(rule);
}

describe('V: vote', () => {
  test('allows a block on the certificate of the view before, and remembers it', () => {
    const ruling = SAFETY_RULES.vote(state(), ballot());
    expect(ruling).toMatchObject({ ok: true, again: false });
    if (!ruling.ok) return;
    expect(ruling.state.lastVote).toEqual({ view: 5, block: id(5) });
    expect(ruling.state.highQC).toBe(qc4);
    expect(ruling.statement).toEqual({ kind: 'vote', epoch: 1, view: 5, block: id(5) });
  });

  test('allows a block after a timeout and keeps its TC', () => {
    const ruling = SAFETY_RULES.vote(state(), afterTimeout());
    expect(ruling.ok && ruling.state.highTC).toBe(tc4);
    // V2b looks at the TC, never at the voter's own lock.
    expectVote('allowed', state({ highQC: qc4 }), afterTimeout());
    expectVote('allowed', state(), afterTimeout({ justify: qc4 }));
  });

  test('V1: never twice in a view, never at or below a timeout or commit', () => {
    const at5 = { view: 5, block: id(9) };
    expectVote('V1.last-vote', state({ lastVote: at5 }), ballot());
    expectVote('V1.last-timeout', state({ lastTimeout: { view: 5 } }), ballot());
    expectVote('V1.last-commit', state({ lastCommit: at5 }), ballot());
    expectVote('allowed', state({ lastVote: { view: 4, block: id(9) } }), ballot());
  });

  test('a repeat is allowed until a later statement forbids it', () => {
    const voted = state({ lastVote: { view: 5, block: id(5) } });
    expect(SAFETY_RULES.vote(voted, ballot())).toMatchObject({ ok: true, again: true });
    expectVote('V1.last-timeout', { ...voted, lastTimeout: { view: 5 } }, ballot());
    expectVote('V1.last-commit', { ...voted, lastCommit: voted.lastVote }, ballot());
  });

  test('V2: the view was entered by a certificate or by a timeout certificate', () => {
    expectVote('V2.entered', state(), ballot({ justify: qc3 }, { justifyView: 3 }));
    expectVote('V2.entered', state(), afterTimeout({}, { tcView: 3 }));
    expectVote('V2b.tc', state(), afterTimeout({ tcValid: false }));
    const { tc: _, ...bare } = afterTimeout();
    expectVote('V2b.tc', state(), bare);
    expectVote('V2b.tc-high', state(), afterTimeout({}, { tcHighView: 2 }));
    expectVote('V2b.justify', state(), afterTimeout({ justify: qc2 }));
  });

  test('V3: leader, epoch, parent, height, descent, storage', () => {
    expectVote('V3.epoch', state(), ballot({}, { epoch: 2 }));
    expectVote('V3.leader', state(), ballot({ leader: (fixture.leader(5) + 1) % 4 }));
    expectVote('V3.parent', state(), ballot({ justifyValid: false }));
    expectVote('V3.parent', state(), ballot({}, { parent: id(8) }));
    expectVote('V3.height', state(), ballot({ parentHeight: 3 }));
    const { parentHeight: _, ...orphan } = ballot();
    expectVote('V3.height', state(), orphan);
    expectVote('V3.descends', state(), ballot({ descendsFromCommitted: false }));
    expectVote('V3.stored', state(), ballot({ stored: false }));
  });

  test('V3: what a block of each kind may hold', () => {
    expectVote('V3.entries', state(), ballot({ entriesValid: false }));
    expectVote('V3.entries', state(), ballot({}, { entryCount: 0 }));
    expectVote('V3.reconfig-single', state(), ballot({}, { kind: 'reconfig', entryCount: 2 }));
    expectVote('V3.after-reconfig', state(), ballot({ afterReconfig: true }));
    const seal = { kind: 'seal', entryCount: 0 } as const;
    expectVote('V3.seal', state(), ballot({}, seal));
    expectVote('V3.seal', state(), ballot({ unfinishedAncestor: true }, { kind: 'seal' }));
    expectVote('allowed', state(), ballot({ unfinishedAncestor: true, afterReconfig: true }, seal));
  });
});

describe('C: commit vote', () => {
  const ask: CommitRequest = { qc: qc4, qcValid: true, stored: true };
  const expectCommit = (rule: RuleName | 'allowed', s: SafetyState, request = ask): void => {
    const ruling = SAFETY_RULES.commit(s, request);
    expect(ruling.ok ? 'allowed' : ruling.rule).toBe(rule);
    if (rule !== 'allowed') covered.add(rule);
  };

  test('each condition', () => {
    expectCommit('allowed', state());
    expectCommit('C.certificate', state(), { ...ask, qcValid: false });
    expectCommit('C.stored', state(), { ...ask, stored: false });
    expectCommit('C.last-timeout', state({ lastTimeout: { view: 4 } }));
    expectCommit('C.last-commit', state({ lastCommit: { view: 4, block: id(9) } }));
    expectCommit('C.last-vote', state({ lastVote: { view: 4, block: id(9) } }));
    expectCommit('C.last-vote', state({ lastVote: { view: 5, block: id(5) } }));
    expectCommit('allowed', state({ lastVote: { view: 4, block: id(4) } }));
  });

  test('raises the highest certificate; repeats until a timeout', () => {
    const ruling = SAFETY_RULES.commit(state(), ask);
    expect(ruling).toMatchObject({ ok: true, again: false });
    if (!ruling.ok) return;
    expect(ruling.state.highQC).toBe(qc4);
    const later = { ...ruling.state, lastVote: { view: 5, block: id(5) } };
    expect(SAFETY_RULES.commit(later, ask)).toMatchObject({ ok: true, again: true });
    expectCommit('C.last-timeout', { ...ruling.state, lastTimeout: { view: 5 } });
  });
});

describe('T: timeout', () => {
  const ask: TimeoutRequest = { view: 5, currentView: 5, highQC: qc3, proof: tc4 };
  const expectTimeout = (rule: RuleName | 'allowed', s: SafetyState, request = ask): void => {
    const ruling = SAFETY_RULES.timeout(s, request);
    expect(ruling.ok ? 'allowed' : ruling.rule).toBe(rule);
    if (rule !== 'allowed') covered.add(rule);
  };

  test('each condition', () => {
    expectTimeout('allowed', state());
    expectTimeout('T.current', state(), { ...ask, currentView: 6 });
    expectTimeout('T.last-timeout', state({ lastTimeout: { view: 6 } }));
    // The guard knows the view alone: what was said in it cannot be repeated.
    expectTimeout('T.last-timeout', state({ lastTimeout: { view: 5 } }));
    expectTimeout('T.last-vote', state({ lastVote: { view: 6, block: id(6) } }));
    expectTimeout('T.high-qc', state(), { ...ask, view: 3, currentView: 3 });
    expectTimeout('T.high-qc', state({ highQC: qc4 }));
    expectTimeout('allowed', state({ lastVote: { view: 5, block: id(5) } }));
  });

  test('is signed once per view and repeated unchanged', () => {
    const first = SAFETY_RULES.timeout(state(), ask);
    expect(first.ok && first.state.lastTimeout).toEqual({ view: 5, highQC: qc3, proof: tc4 });
    if (!first.ok) return;
    const again = SAFETY_RULES.timeout(first.state, { ...ask, highQC: qc4 });
    expect(again).toMatchObject({ ok: true, again: true });
    expect(again.ok && again.statement).toEqual(first.statement);
  });
});

test('no rule is without its test', () => {
  const all = [...VOTE_RULES, ...COMMIT_RULES, ...TIMEOUT_RULES].map((rule) => rule.name);
  expect([...covered].sort()).toEqual([...all].sort());
});

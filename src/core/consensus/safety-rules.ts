import type {
  Certificate,
  Header,
  SafetyState,
  Statement,
  TimeoutCertificate,
} from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { newerQC, newerTC } from './certificates.js';

/**
 * The safety rules: what a replica may sign. Pure functions of the safety state and a request that
 * states facts the replica has established. Everything that keeps two settled logs from differing
 * is here; everything else only decides when to ask.
 */
export interface SafetyRules {
  vote(state: SafetyState, request: VoteRequest): Ruling;
  commit(state: SafetyState, request: CommitRequest): Ruling;
  timeout(state: SafetyState, request: TimeoutRequest): Ruling;
}

export type Ruling =
  | {
      readonly ok: true;
      readonly state: SafetyState;
      readonly statement: Statement;
      /** The same was stated before: nothing new to persist. */
      readonly again: boolean;
    }
  | { readonly ok: false; readonly rule: RuleName };

/** May this replica vote for the block? */
export interface VoteRequest {
  readonly id: BlockId;
  readonly header: Header;
  readonly justify: Certificate;
  readonly tc?: TimeoutCertificate;
  /** Justify certificate and attached TC, if any, have been verified. */
  readonly justifyValid: boolean;
  readonly tcValid: boolean;
  /** Leader of the header's view in this epoch. */
  readonly leader: number;
  /** Height of the parent block; absent when it is not held. */
  readonly parentHeight?: number;
  readonly descendsFromCommitted: boolean;
  /** Block, uncommitted ancestors and all their entry bodies are held. */
  readonly stored: boolean;
  /** Entries valid in order on the parent's state, none twice in the chain. */
  readonly entriesValid: boolean;
  /** An uncommitted ancestor is a RECONFIG. */
  readonly afterReconfig: boolean;
  /** An uncommitted ancestor is NORMAL or RECONFIG. */
  readonly unfinishedAncestor: boolean;
}

/** May this replica state that the block with this certificate is to be committed? */
export interface CommitRequest {
  readonly qc: Certificate;
  readonly qcValid: boolean;
  /** Block and uncommitted ancestors with all entry bodies are held. */
  readonly stored: boolean;
}

/** May this replica give up on the view? */
export interface TimeoutRequest {
  readonly view: number;
  readonly currentView: number;
  readonly highQC: Certificate;
  /** Certificate by which the view was entered, if it was by timeout. */
  readonly proof?: TimeoutCertificate;
}

interface Rule<Request, Name extends string> {
  readonly name: Name;
  readonly holds: (state: SafetyState, request: Request) => boolean;
}

function byView(r: VoteRequest): boolean {
  return r.header.tcView === 0 && r.header.justifyView === r.header.view - 1;
}

/** Conditions of a vote, V1 to V3. All must hold. */
export const VOTE_RULES = [
  { name: 'V1.last-vote', holds: (s, r) => r.header.view > s.lastVote.view },
  { name: 'V1.last-timeout', holds: (s, r) => r.header.view > s.lastTimeout.view },
  { name: 'V1.last-commit', holds: (s, r) => r.header.view > s.lastCommit.view },
  // (a) the parent's certificate is of the view before, or (b) one of the following four.
  { name: 'V2.entered', holds: (_, r) => byView(r) || r.header.tcView === r.header.view - 1 },
  {
    name: 'V2b.tc',
    holds: (_, r) => byView(r) || (r.tcValid && r.tc?.view === r.header.tcView),
  },
  {
    name: 'V2b.tc-high',
    holds: (_, r) => byView(r) || r.header.tcHighView === r.tc?.highQC.view,
  },
  {
    name: 'V2b.justify',
    holds: (_, r) => byView(r) || r.header.justifyView >= r.header.tcHighView,
  },
  { name: 'V3.epoch', holds: (s, r) => r.header.epoch === s.epoch },
  { name: 'V3.leader', holds: (_, r) => r.header.author === r.leader },
  {
    name: 'V3.parent',
    holds: (_, r) =>
      r.justifyValid &&
      r.justify.view === r.header.justifyView &&
      r.justify.block === r.header.parent,
  },
  {
    name: 'V3.height',
    holds: (_, r) => r.parentHeight !== undefined && r.header.height === r.parentHeight + 1,
  },
  { name: 'V3.descends', holds: (_, r) => r.descendsFromCommitted },
  { name: 'V3.stored', holds: (_, r) => r.stored },
  {
    name: 'V3.entries',
    holds: (_, r) => r.header.kind === 'seal' || (r.header.entryCount > 0 && r.entriesValid),
  },
  {
    name: 'V3.reconfig-single',
    holds: (_, r) => r.header.kind !== 'reconfig' || r.header.entryCount === 1,
  },
  { name: 'V3.after-reconfig', holds: (_, r) => r.header.kind === 'seal' || !r.afterReconfig },
  {
    name: 'V3.seal',
    holds: (_, r) =>
      r.header.kind !== 'seal' || (r.header.entryCount === 0 && r.unfinishedAncestor),
  },
] as const satisfies readonly Rule<VoteRequest, string>[];

/** Conditions of a commit vote. All must hold. */
export const COMMIT_RULES = [
  { name: 'C.certificate', holds: (_, r) => r.qcValid },
  { name: 'C.stored', holds: (_, r) => r.stored },
  { name: 'C.last-timeout', holds: (s, r) => r.qc.view > s.lastTimeout.view },
  { name: 'C.last-commit', holds: (s, r) => r.qc.view > s.lastCommit.view },
  {
    name: 'C.last-vote',
    holds: (s, r) =>
      r.qc.view > s.lastVote.view ||
      (r.qc.view === s.lastVote.view && r.qc.block === s.lastVote.block),
  },
] as const satisfies readonly Rule<CommitRequest, string>[];

/** Conditions of a timeout. All must hold. */
export const TIMEOUT_RULES = [
  { name: 'T.current', holds: (_, r) => r.view === r.currentView },
  { name: 'T.last-timeout', holds: (s, r) => r.view > s.lastTimeout.view },
  { name: 'T.last-vote', holds: (s, r) => r.view >= s.lastVote.view },
  {
    name: 'T.high-qc',
    holds: (s, r) => r.highQC.view < r.view && r.highQC.view >= s.highQC.view,
  },
] as const satisfies readonly Rule<TimeoutRequest, string>[];

export type RuleName =
  | (typeof VOTE_RULES)[number]['name']
  | (typeof COMMIT_RULES)[number]['name']
  | (typeof TIMEOUT_RULES)[number]['name'];

function broken<R, N extends RuleName>(
  rules: readonly Rule<R, N>[],
  state: SafetyState,
  request: R,
): N | undefined {
  return rules.find((rule) => !rule.holds(state, request))?.name;
}

function vote(state: SafetyState, request: VoteRequest): Ruling {
  const { view, epoch } = request.header;
  const statement: Statement = { kind: 'vote', epoch, view, block: request.id };
  const { lastVote, lastTimeout, lastCommit } = state;
  if (lastVote.view === view && lastVote.block === request.id && view > 0) {
    // A repeat: the conditions held when it was first made; only later statements can forbid it.
    if (view <= lastTimeout.view) return { ok: false, rule: 'V1.last-timeout' };
    if (view <= lastCommit.view) return { ok: false, rule: 'V1.last-commit' };
    return { ok: true, state, statement, again: true };
  }
  const rule = broken(VOTE_RULES, state, request);
  if (rule !== undefined) return { ok: false, rule };
  const next: SafetyState = {
    ...state,
    lastVote: { view, block: request.id },
    highQC: newerQC(state.highQC, request.justify),
    ...newerTC(state.highTC, request.tc),
  };
  return { ok: true, state: next, statement, again: false };
}

function commit(state: SafetyState, request: CommitRequest): Ruling {
  const { view, block, epoch } = request.qc;
  const statement: Statement = { kind: 'commit', epoch, view, block };
  if (state.lastCommit.view === view && state.lastCommit.block === block && view > 0) {
    // After a timeout a commit vote would contradict the view that the timeout reported.
    if (view <= state.lastTimeout.view) return { ok: false, rule: 'C.last-timeout' };
    return { ok: true, state, statement, again: true };
  }
  const rule = broken(COMMIT_RULES, state, request);
  if (rule !== undefined) return { ok: false, rule };
  const next: SafetyState = {
    ...state,
    lastCommit: { view, block },
    highQC: newerQC(state.highQC, request.qc),
  };
  return { ok: true, state: next, statement, again: false };
}

function timeout(state: SafetyState, request: TimeoutRequest): Ruling {
  const { epoch, lastTimeout } = state;
  const { view, highQC, proof } = request;
  if (lastTimeout.view === view && lastTimeout.highQC !== undefined && view > 0) {
    // Signed once per view and repeated unchanged, whatever has been learnt since.
    const statement: Statement = {
      kind: 'timeout',
      epoch,
      view,
      highQC: lastTimeout.highQC,
      ...(lastTimeout.proof && { proof: lastTimeout.proof }),
    };
    return { ok: true, state, statement, again: true };
  }
  const rule = broken(TIMEOUT_RULES, state, request);
  if (rule !== undefined) return { ok: false, rule };
  const next: SafetyState = {
    ...state,
    lastTimeout: { view, highQC, ...(proof && { proof }) },
    highQC: newerQC(state.highQC, highQC),
    ...newerTC(state.highTC, proof),
  };
  const statement: Statement = { kind: 'timeout', epoch, view, highQC, ...(proof && { proof }) };
  return { ok: true, state: next, statement, again: false };
}

export const SAFETY_RULES: SafetyRules = { vote, commit, timeout };

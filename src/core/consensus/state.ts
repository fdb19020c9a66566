import type {
  Certificate,
  CommittedTip,
  SafetyState,
  TimeoutCertificate,
} from '../../domain/consensus.js';
import type { BlockTree } from './block-tree.js';
import type { CertificateChecker } from './certificates.js';
import type { ReplicaConfig } from './config.js';
import type { HaltReason, PeerRef, TimerName } from './effect.js';
import type { EntryPool } from './entry-pool.js';
import type { SafetyRules } from './safety-rules.js';
import type { VoteCollector } from './vote-collector.js';

/**
 * State of one replica. The replica owns what is inside and changes it in place, because votes and
 * blocks come by the thousand; seen from outside, `step` is still a function of state and input:
 * the same inputs from the same start give the same effects. Hand on the state that `step` returns
 * and never feed an older one.
 */
export interface ReplicaState<S> {
  readonly config: ReplicaConfig<S>;
  /** Absent until `recovered` has come in. */
  life: Life<S> | undefined;
}

/** What a replica knows and intends between its start and its stop. */
export interface Life<S> {
  readonly config: ReplicaConfig<S>;
  readonly n: number;
  readonly q: number;
  readonly g: number;
  readonly self: number | undefined;
  readonly rules: SafetyRules;
  readonly checker: CertificateChecker;
  readonly collector: VoteCollector;
  readonly pool: EntryPool<S>;
  readonly tree: BlockTree<S>;
  readonly peers: Map<PeerRef, PeerState>;
  readonly timers: Map<TimerName, number>;
  readonly fetches: Map<string, Asked>;
  readonly pace: Pace;
  /** False for learners, and for members that may not vote any more. */
  voting: boolean;
  halted: HaltReason | undefined;
  /** Members heard since the start; absent once enough have been, and signing is allowed. */
  awaited: Set<number> | undefined;
  signFromQcView: number;
  safety: SafetyState;
  /** Token of the newest batch handed out, and of the newest that is durable. */
  counter: number;
  durable: number;
  highQC: Certificate;
  highTC: TimeoutCertificate | undefined;
  /** Newest commit certificate known, and newest whose chain is stored here. */
  lastCC: Certificate;
  servedCC: Certificate;
  timerSeq: number;
  fetchRound: number;
  statusRound: number;
  jitter: number;
  /** What the last attempt to propose looked at: nothing new, no new attempt. */
  proposedOn: string;
}

export interface PeerState {
  connected: boolean;
  answeredAt: number;
  statusAt: number;
  /** When the own TIMEOUT last went out to it. */
  timeoutSentAt: number;
  /** View in which it was last heard. */
  heardView: number;
}

/** The pacemaker's part. */
export interface Pace {
  /** View the timer runs for; absent when nothing runs. */
  armedView: number | undefined;
  /** Repeats within the view. */
  repeats: number;
  halfPassed: boolean;
  /** Last join of a view change without an own reason. */
  joinedAt: number;
  baseMs: number;
  sendMs: number;
  rttMs: readonly (number | undefined)[];
}

/** A block or bodies that were asked for. */
export interface Asked {
  readonly peer: PeerRef;
  readonly attempts: number;
  /** First id of the bodies asked for: an answer begins with it. */
  readonly firstId?: string;
}

/** What operators see of a replica. */
export interface ReplicaStatus {
  readonly phase: 'new' | 'awaiting-status' | 'running' | 'learner' | 'halted';
  readonly halted?: HaltReason;
  readonly view: number;
  readonly tip: CommittedTip;
  readonly pending: number;
  readonly uncommittedBlocks: number;
  readonly timersRunning: number;
}

export function createReplica<S>(config: ReplicaConfig<S>): ReplicaState<S> {
  return { config, life: undefined };
}

/** P1: only certificates advance the view, so partitioned replicas cannot drift apart. */
export function viewOf<S>(life: Life<S>): number {
  return 1 + Math.max(life.highQC.view, life.highTC?.view ?? 0, life.lastCC.view);
}

/** May the replica sign at all just now? */
export function maySign<S>(life: Life<S>): boolean {
  return life.voting && life.awaited === undefined && life.halted === undefined;
}

export function replicaStatus<S>(state: ReplicaState<S>): ReplicaStatus {
  const { life } = state;
  const { anchor } = state.config.epoch;
  if (life === undefined) {
    const tip = { block: anchor.digest, height: anchor.height, view: 0 };
    return { phase: 'new', view: 0, tip, pending: 0, uncommittedBlocks: 0, timersRunning: 0 };
  }
  return {
    phase: phaseOf(life),
    ...(life.halted && { halted: life.halted }),
    view: viewOf(life),
    tip: life.tree.tip,
    pending: life.pool.size,
    uncommittedBlocks: life.tree.size,
    timersRunning: life.timers.size,
  };
}

function phaseOf<S>(life: Life<S>): ReplicaStatus['phase'] {
  if (life.halted && life.halted.code !== 'SAFETY_RECORD_LOST') return 'halted';
  if (!life.voting) return 'learner';
  return life.awaited === undefined ? 'running' : 'awaiting-status';
}

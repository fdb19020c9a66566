import type { EpochState } from '../../domain/consensus.js';
import type { SafetyRules } from './safety-rules.js';
import type { SettlementRules, VerifySignature } from './settlement-rules.js';

/** All that a replica is given for its life. */
export interface ReplicaConfig<S> {
  readonly epoch: EpochState;
  /** Index of this nation among the members; absent for a learner. */
  readonly self?: number;
  readonly rules: SettlementRules<S>;
  readonly verify: VerifySignature;
  readonly timing: Timing;
  readonly limits: ReplicaLimits;
  /** Seeds the ± 10 % of the timers: any integer, different on each node. */
  readonly jitterSeed: number;
  /** The safety rules; replaced only to show that each of them is needed. */
  readonly safetyRules?: SafetyRules;
}

/** Milliseconds. */
export interface Timing {
  /** Least length of a view, before measurements and backoff. */
  readonly baseMinMs: number;
  readonly viewMaxMs: number;
}

export interface ReplicaLimits {
  readonly blockEntriesMax: number;
  readonly blockBodiesBytesMax: number;
  readonly entryBytesMax: number;
  /** NORMAL blocks a leader lets stand uncommitted. */
  readonly pipelineMax: number;
  readonly poolEntriesMax: number;
  /** Entries one submitter may keep waiting. */
  readonly poolPerSubmitterMax: number;
  /** Views around the current one for which votes are kept. */
  readonly viewWindow: number;
  readonly fetchesInFlightMax: number;
  /** Of one answer to a fetch. */
  readonly fetchBytesMax: number;
  readonly fetchIdsMax: number;
  readonly verifiedCacheMax: number;
}

export const DEFAULT_TIMING: Timing = { baseMinMs: 200, viewMaxMs: 30_000 };

export const DEFAULT_LIMITS: ReplicaLimits = {
  blockEntriesMax: 2000,
  blockBodiesBytesMax: 1024 * 1024,
  entryBytesMax: 64 * 1024,
  pipelineMax: 4,
  poolEntriesMax: 20_000,
  poolPerSubmitterMax: 5000,
  viewWindow: 8,
  fetchesInFlightMax: 4,
  // An answer has to fit one frame of a link with room for its framing.
  fetchBytesMax: 192 * 1024,
  fetchIdsMax: 2000,
  verifiedCacheMax: 8192,
};

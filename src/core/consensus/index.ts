/**
 * The settlement protocol of one operation: a replicated log of entries among the member nations,
 * two-phase HotStuff with explicit commit votes and timeout certificates. Pure: time, signatures
 * and storage are inputs and effects.
 *
 * ```ts
 * let state = createReplica({ epoch, self: 2, rules, verify, timing, limits, jitterSeed });
 * async function feed(input: Input<Settled>): Promise<void> {
 *   const { effects } = step(state, input);
 *   for (const effect of effects) await perform(effect); // in order: persist before sign
 * }
 * await feed({ kind: 'recovered', stored: await store.load(op), state: settled, at: now() });
 * await feed({ kind: 'entry-submitted', bytes, at: now() });
 * ```
 * `perform` of `persist` feeds `persisted`, of `sign` feeds `signed`, in that order.
 */
export type { Effect, HaltReason, PeerRef, SignRequest, TimerName } from './effect.js';
export type { Input, InputEvent } from './input.js';
export type { ReplicaConfig, ReplicaLimits, Timing } from './config.js';
export { DEFAULT_LIMITS, DEFAULT_TIMING } from './config.js';
export type { EntryIdentity, SettlementRules, VerifySignature } from './settlement-rules.js';
export type { SafetyRules } from './safety-rules.js';
export type { ReplicaState, ReplicaStatus } from './state.js';
export { createReplica, replicaStatus } from './state.js';
export { step } from './replica.js';
export type {
  Accusation,
  Conflict,
  Contradiction,
  ForensicsRefusal,
  SignedTimeout,
} from './forensics.js';
export { accuse, provesMisuse } from './forensics.js';

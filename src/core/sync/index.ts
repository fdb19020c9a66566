/**
 * Synchronisation of national logs between two neighbours, without input or output of its own.
 *
 *     const { wants, alarms } = compareHeads(ownHeads, theirHeads, { own, peer });
 *     const { chunks, next } = planDelta({ nation, from, leaves, checkpoints });   // sender
 *     const answer = acceptDelta(stage, frame);                                    // receiver
 */
export type { DeltaFrame, DeltaPlan, DeltaRequest, PlannedLeaf } from './delta-plan.js';
export { planDelta } from './delta-plan.js';
export type { DeltaAnswer, DeltaRefusal, DeltaStage, StagedRange } from './delta-stage.js';
export { acceptDelta, advanceStage, emptyStage, nextWant } from './delta-stage.js';
export type { HeadAlarm, HeadComparison, LogHead, Want } from './heads.js';
export { compareHeads } from './heads.js';

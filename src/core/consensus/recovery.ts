import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { decodeSafetyGuard, decodeSafetyRecord } from '../../domain/codec/consensus-safety.js';
import type { StoredReplica } from '../../domain/consensus-store.js';
import type { Ballot, EpochState, SafetyGuard, SafetyState } from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { ZERO_32 } from '../../domain/ids.js';
import { anchorCertificate } from './certificates.js';

/** What a start is allowed to go on from. */
export interface Recovered {
  readonly counter: number;
  readonly safety: SafetyState;
  /** Nothing may be signed before a certificate of at least this view is held. */
  readonly signFromQcView: number;
}

const NO_BALLOT: Ballot = { view: 0, block: ZERO_32 as string as BlockId };

/** The state of a replica that never spoke. */
export function initialSafety(epoch: EpochState): SafetyState {
  return {
    epoch: epoch.epoch,
    lastVote: NO_BALLOT,
    lastCommit: NO_BALLOT,
    lastTimeout: { view: 0 },
    highQC: anchorCertificate(epoch),
    committed: { block: epoch.anchor.digest, height: epoch.anchor.height, view: 0 },
  };
}

export function guardOf(counter: number, safety: SafetyState): SafetyGuard {
  return {
    counter,
    voteView: safety.lastVote.view,
    commitView: safety.lastCommit.view,
    timeoutView: safety.lastTimeout.view,
    highQcView: safety.highQC.view,
  };
}

function newestGuard(slots: readonly Uint8Array[]): SafetyGuard | undefined {
  let newest: SafetyGuard | undefined;
  for (const slot of slots) {
    const guard = decodeSafetyGuard(slot);
    // A torn slot is what a crash while writing leaves; the other one is the step before.
    if (guard.ok && guard.value.counter >= (newest?.counter ?? 0)) newest = guard.value;
  }
  return newest;
}

/** The larger view wins; a view known from the guard alone has no block and is never repeated. */
function larger(ballot: Ballot, view: number): Ballot {
  return view > ballot.view ? { view, block: NO_BALLOT.block } : ballot;
}

/**
 * Judges the two records of a replica's past. A database may drop a damaged newest record without
 * a word; the guard beside it shows that. Damage never falls back to defaults: whoever cannot prove
 * what it said may have said anything.
 */
export function judgeStored(
  epoch: EpochState,
  stored: Pick<StoredReplica, 'firstStart' | 'record' | 'guardSlots'>,
): Result<Recovered, string> {
  if (stored.record === undefined) {
    if (stored.firstStart && stored.guardSlots.length === 0) {
      return ok({ counter: 0, safety: initialSafety(epoch), signFromQcView: 0 });
    }
    return err('no safety record');
  }
  const record = decodeSafetyRecord(stored.record);
  if (!record.ok) return err(`safety record unreadable: ${record.error.field}`);
  const { counter, lost, safety } = record.value;
  if (lost) return err('marked as lost before');
  if (safety.epoch !== epoch.epoch) return err('safety record of another epoch');
  const guard = newestGuard(stored.guardSlots);
  if (guard === undefined) return err('guard unreadable');
  if (Math.abs(guard.counter - counter) > 1) return err('safety record and guard are out of step');
  const { lastTimeout } = safety;
  const merged: SafetyState = {
    ...safety,
    lastVote: larger(safety.lastVote, guard.voteView),
    lastCommit: larger(safety.lastCommit, guard.commitView),
    lastTimeout: guard.timeoutView > lastTimeout.view ? { view: guard.timeoutView } : lastTimeout,
  };
  return ok({
    counter: Math.max(counter, guard.counter),
    safety: merged,
    signFromQcView: guard.highQcView,
  });
}

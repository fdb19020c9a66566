import { assert } from '../../base/assert.js';
import type { EpochState } from '../../domain/consensus.js';

/** leader(v) = order[v mod n]. */
export function leaderOf(epoch: EpochState, view: number): number {
  const leader = epoch.order[view % epoch.order.length];
  assert(leader !== undefined, 'an epoch has members');
  return leader;
}

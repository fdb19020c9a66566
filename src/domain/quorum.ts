import { assert } from '../base/assert.js';
import { LIMITS } from './limits.js';
import type { Genesis } from './operation.js';

/** Sizes of the groups that certificates and joins need. */
export interface Quorum {
  /** Byzantine members under which both safety and progress hold. */
  readonly f: number;
  /** Members in a certificate. Safety against b Byzantine ones needs 2q − n > b. */
  readonly q: number;
  /** Smallest group that every quorum meets: g distinct timeouts make a replica join. */
  readonly g: number;
}

/**
 * f = ⌊(n − 1) / 3⌋, q = n − f, g = n − q + 1. Never 2f + 1: at n = 2, 5 and 6 two such quorums
 * need not share an honest member. `cft` is 2 of 3: it survives one outage and no Byzantine member.
 */
export function quorumOf(n: number, profile: Genesis['quorumProfile'] = 'bft'): Quorum {
  assert(Number.isSafeInteger(n) && n >= 1 && n <= LIMITS.membersMax, 'between 1 and 31 members');
  assert(profile === 'bft' || n === 3, 'the profile cft is for three members');
  const f = Math.floor((n - 1) / 3);
  const q = profile === 'cft' ? 2 : n - f;
  return { f, q, g: n - q + 1 };
}

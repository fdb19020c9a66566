/**
 * The release decision, on the receiver's credentials, and the only mint of `Released`.
 *
 * ```ts
 * const decision = decide({ act: 'receive', label, party, originator, ...policySet, ... });
 * if (decision.outcome === 'permit') links.send(peer, release(frame, [{ nation, decision }]), ...);
 * ```
 */
export { decide } from './decide.js';
export type { CacheKey } from './decision-cache.js';
export { DecisionCache } from './decision-cache.js';
export { GROUPS } from './data/groups.js';
export { MISSION_POLICY } from './data/mission-policy.js';
export { isMember, membersAt } from './groups.js';
export type { Permission } from './release.js';
export { release, releaseAll } from './release.js';
export type { PolicySet } from './release-set.js';
export { policySetDigest, releaseSet } from './release-set.js';
export type { Released } from './released.js';

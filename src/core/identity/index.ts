/**
 * Sovereign identity: chains from a national root, a nation's own trust list, and what follows.
 *
 * ```ts
 * const verified = verifyChain([node, authority, root], keys);
 * const refusal = checkTrust(node, root, ownTrust, nowSeconds) ?? checkValidity(node, nowSeconds);
 * ```
 */
export type { Chain, KeyChecks } from './chain.js';
export { checkRoot, verifyChain } from './chain.js';
export { checkLink, clearanceWithin } from './delegation.js';
export type { IdentityCode, IdentityRefusal } from './refusals.js';
export { identityRefusal } from './refusals.js';
export type { TrustView } from './trust.js';
export { checkTrust, checkValidity } from './trust.js';
export type { Verified } from './verified.js';

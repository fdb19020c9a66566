/**
 * One operation's settled state and when an entry may join it. Pure: replicas that hold the same
 * entries hold the same state.
 *
 * ```ts
 * const state = initialState(declaration, opId);
 * const rules = settlementRules(verify); // for core/consensus
 * const authorities = authoritiesFor({ extension, inputs, outcome }, state);
 * const missing = awaiting(core, approvals, state);
 * ```
 */
export { apply } from './apply.js';
export { authoritiesFor, awaiting } from './authorities.js';
export { makeBundle } from './bundle.js';
export { settlementRules } from './consensus-rules.js';
export type { ContentCheck, OpenedConsent, OpenedInput, OpenedOutcome } from './content.js';
export { checkContent, openedBitmap } from './content.js';
export type { SettledState } from './state.js';
export { initialState, isRevoked, isSettled, roleOf } from './state.js';
export { VALIDITY_RULES, validate } from './validity.js';
export type { BundleVerdict } from './verify-bundle.js';
export { verifyBundle } from './verify-bundle.js';

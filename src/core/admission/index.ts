/**
 * The single door for events: bytes to a verified event or a named refusal, one check each, in
 * order. The signature check stands between two pure halves, so that the shell can run it elsewhere.
 *
 * ```ts
 * const event = decodeStep(record);                       // steps 1-5
 * const candidate = examine(event.value, view);           // steps 6-10
 * const good = await verifier.verifyAsync(key, tbs, sig); // step 11
 * const outcome = conclude(candidate.value, good, facts); // steps 12-15
 * ```
 */
export { AUTHORING } from './authoring.js';
export type { AuthoringRule } from './authoring.js';
export type { Conclusion, StreamFacts } from './conclude.js';
export { conclude } from './conclude.js';
export type { AdmissionView, Candidate } from './examine.js';
export { EXAMINATION, decodeStep, examine } from './examine.js';
export type { AdmissionCode, AdmissionRefusal } from './refusals.js';
export { admissionRefusal } from './refusals.js';

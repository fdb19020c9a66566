import { REASON_CODES } from './release.js';
import type { Refusal } from './refusal.js';

/**
 * What kind of "no" a refusal is. Exit codes of the CLI and statuses of the API follow from it, so
 * that scripts can tell a decision from a fault.
 */
export type RefusalClass = 'denied' | 'usage' | 'cannot-verify' | 'integrity' | 'not-available';

const CLASSES: readonly (readonly [RefusalClass, RegExp])[] = [
  [
    'not-available',
    /^(NOT_AVAILABLE|UNAVAILABLE|NOT_READY|NOT_RUNNING|NO_QUORUM|NO_NODE|NO_PEER|PARTITIONED|UNREACHABLE|BUSY|ACTS_BUSY|QUEUE_FULL|STOPPED|STOPPING|TIMEOUT|STORE_LOCKED|PORT_IN_USE)$/,
  ],
  [
    'integrity',
    /^(TAMPERED|BAD_SIGNATURE|SIGNATURE|BAD_SEAL|BAD_COMMITMENT|BAD_ROOT|ROOT_MISMATCH|FORK|EQUIVOCATION|LOG_[A-Z_]+|CORRUPT[A-Z_]*|KID_MISMATCH)$/,
  ],
  [
    'cannot-verify',
    /^(CANNOT_VERIFY|NO_ANCHOR|NO_ROOT|UNTRUSTED[A-Z_]*|NOT_TRUSTED|UNKNOWN_(ROOT|ISSUER|CREDENTIAL|AUTHOR|KID)|MISSING_[A-Z_]+|NO_CREDENTIAL|EXPIRED)$/,
  ],
  [
    'usage',
    /^(USAGE|SCHEMA|BODY|MALFORMED|NOT_CANONICAL|HEADER|BAD_[A-Z_]+|INVALID_[A-Z_]+|NOT_FOUND|UNKNOWN_[A-Z_]+|NO_SUCH_[A-Z_]+|LABEL_SYNTAX|MARKING|AMBIGUOUS[A-Z_]*|EMPTY[A-Z_]*|CONFIG|EXISTS|UNAUTHORIZED|HOST|TOO_LARGE)$/,
  ],
];

const POLICY_CODES: readonly string[] = REASON_CODES;

/** The class of a refusal by its code; a code of no other class is a decision by a rule: denied. */
export function refusalClass(refusal: Pick<Refusal, 'code'>): RefusalClass {
  if (POLICY_CODES.includes(refusal.code)) return 'denied';
  return CLASSES.find(([, form]) => form.test(refusal.code))?.[0] ?? 'denied';
}

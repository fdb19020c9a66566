import type { Refusal } from './refusal.js';

/**
 * What kind of "no" a refusal is. Exit codes of the CLI and statuses of the API follow from it, so
 * that scripts can tell a decision from a fault.
 */
export type RefusalClass = 'denied' | 'usage' | 'cannot-verify' | 'integrity' | 'not-available';

const CODES: Readonly<Record<Exclude<RefusalClass, 'denied'>, readonly string[]>> = {
  usage: [
    ...['USAGE', 'SCHEMA', 'MALFORMED', 'NOT_CANONICAL', 'HEADER', 'CONFIG', 'EXISTS', 'NOT_FOUND'],
    ...['AMBIGUOUS', 'EMPTY_FEED', 'TOO_LARGE', 'BAD_ADDRESS', 'BAD_PASSPHRASE', 'UNAUTHORIZED'],
    ...['HOST', 'LABEL_INVALID', 'LABEL_UNKNOWN', 'MARKING', 'UNKNOWN_OP', 'UNKNOWN_OPERATION'],
    ...['LABEL_SYNTAX', 'BAD_TYPE', 'BAD_KIND', 'BAD_INPUT', 'BAD_ROOT_FILE'],
    ...['UNKNOWN_EVENT', 'UNKNOWN_SETTLEMENT', 'UNKNOWN_DECLARATION', 'PARENTS', 'WRONG_KIND'],
  ],
  'cannot-verify': [
    ...['CANNOT_VERIFY', 'NO_ANCHOR', 'NO_CREDENTIAL', 'ISSUER_UNKNOWN', 'UNKNOWN_CREDENTIAL'],
    ...['UNTRUSTED', 'UNTRUSTED_NATION', 'UNTRUSTED_ROOT', 'COI_NOT_TRUSTED', 'KIND_NOT_TRUSTED'],
    ...['TRUST_EXPIRED', 'EXPIRED', 'NOT_YET_VALID', 'STALE'],
  ],
  integrity: [
    ...['TAMPERED', 'BAD_SIGNATURE', 'BAD_KEY', 'BAD_SEAL', 'EQUIVOCATION', 'FORK', 'PREV'],
    ...['KID_MISMATCH', 'ISSUER_MISMATCH', 'ROOT_NOT_SELF_SIGNED', 'ROOT_FOREIGN_NATIONALITY'],
    ...['TRANSPORT_MISMATCH', 'DAMAGED'],
  ],
  'not-available': [
    ...['NOT_RUNNING', 'NOT_AVAILABLE', 'NOT_READY', 'NO_QUORUM', 'PARTITIONED', 'UNREACHABLE'],
    ...['ACTS_BUSY', 'BUSY', 'QUEUE_FULL', 'STOPPED', 'STORE_LOCKED', 'PORT_IN_USE'],
    'FAULT',
  ],
};

const CLASS_OF = new Map<string, RefusalClass>(
  Object.entries(CODES).flatMap(([name, codes]) =>
    codes.map((code) => [code, name as RefusalClass] as const),
  ),
);

/** The class of a refusal by its code; a code of no other class is a decision by a rule: denied. */
export function refusalClass(refusal: Pick<Refusal, 'code'>): RefusalClass {
  return CLASS_OF.get(refusal.code) ?? 'denied';
}

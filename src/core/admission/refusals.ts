import type { Refusal } from '../../domain/refusal.js';

export type AdmissionCode =
  | 'MALFORMED'
  | 'NOT_CANONICAL'
  | 'HEADER'
  | 'SCHEMA'
  | 'UNKNOWN_OP'
  | 'UNKNOWN_CREDENTIAL'
  | 'UNTRUSTED'
  | 'OUT_OF_GRANT'
  | 'OUT_OF_ROLE'
  | 'EXPIRED'
  | 'BAD_KEY'
  | 'REVOKED'
  | 'BAD_SIGNATURE'
  | 'EQUIVOCATION'
  | 'PREV'
  | 'FUTURE'
  | 'PARENTS'
  | 'BAD_SEAL'
  | 'LABEL_INVALID';

/**
 * A refusal at the door. `reject`: the sender should have known, and loses score. `ignore`: nothing
 * is held against the sender. `hold`: it may become admissible when something else arrives.
 */
export interface AdmissionRefusal extends Refusal<AdmissionCode> {
  readonly verdict: 'reject' | 'ignore' | 'hold';
}

export function admissionRefusal(
  code: AdmissionCode,
  verdict: AdmissionRefusal['verdict'],
  parts: {
    readonly field: string;
    readonly rule: string;
    readonly authority: string;
    readonly detail: string;
    readonly remedy?: string;
  },
): AdmissionRefusal {
  const { remedy = 'the author issues a correct event', ...rest } = parts;
  return { code, verdict, ...rest, remedy };
}

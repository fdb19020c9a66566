import type { Nation } from '../../domain/ids.js';
import type { Refusal } from '../../domain/refusal.js';

/** Why a credential is not believed here. Stable codes. */
export type IdentityCode =
  | 'MALFORMED'
  | 'ISSUER_UNKNOWN'
  | 'ISSUER_MISMATCH'
  | 'CHAIN_TOO_DEEP'
  | 'NOT_AN_ISSUER'
  | 'DEPTH_EXHAUSTED'
  | 'KIND_NOT_DELEGATED'
  | 'COI_NOT_DELEGATED'
  | 'ROLE_NOT_DELEGATED'
  | 'CLEARANCE_NOT_DELEGATED'
  | 'DOMAIN_NOT_DELEGATED'
  | 'OUTLIVES_PARENT'
  | 'BEFORE_PARENT'
  | 'ROOT_NOT_SELF_SIGNED'
  | 'ROOT_FOREIGN_NATIONALITY'
  | 'BAD_KEY'
  | 'BAD_SIGNATURE'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'UNTRUSTED_NATION'
  | 'UNTRUSTED_ROOT'
  | 'COI_NOT_TRUSTED'
  | 'CLEARANCE_NOT_TRUSTED'
  | 'KIND_NOT_TRUSTED'
  | 'TRUST_EXPIRED'
  | 'TRANSPORT_MISMATCH'
  | 'WRONG_KIND';

export type IdentityRefusal = Refusal<IdentityCode>;

export function identityRefusal(
  code: IdentityCode,
  parts: {
    readonly field: string;
    readonly rule: string;
    readonly authority: Nation | string;
    readonly detail: string;
    readonly remedy?: string;
  },
): IdentityRefusal {
  const { remedy = 'obtain a credential that meets the rule', ...rest } = parts;
  return { code, ...rest, remedy };
}

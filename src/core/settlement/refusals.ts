import type { Refusal } from '../../domain/refusal.js';

/** What would change the answer, for codes where something would. */
const REMEDIES: Readonly<Record<string, string>> = {
  LAPSED: 'propose again with a later expiry height',
  INCOMPLETE: 'collect the approvals that are missing',
  ORIGINATOR_MISSING: 'name an authority of every originator and ask for its approval',
  AUTHORITY_MAP: 'name authorities that hold the domains the operation asks for',
  NEEDS_RECONFIGURATION: 'found a successor operation with the new voting members',
  RIGHT_CONSUMED: 'ask the originator for another contribution',
  REVOKED_KEY: 'approve with an authority key that is not revoked',
};

export function settlementRefusal<Code extends string>(
  code: Code,
  parts: {
    readonly field: string;
    readonly rule: string;
    readonly authority: string;
    readonly detail?: string;
  },
): Refusal<Code> {
  const { detail = parts.rule, ...rest } = parts;
  return { code, ...rest, detail, remedy: REMEDIES[code] ?? 'propose an act that meets the rule' };
}

import type { Refusal } from '../../domain/refusal.js';

/** Refusals of this core. All rules are those of the log itself, so the authority is always it. */
export type LogRefusal<Code extends string> = Refusal<Code>;

const REMEDY = 'keep both sides as evidence and fetch the range from another holder';

export function logRefusal<Code extends string>(
  code: Code,
  text: {
    readonly field: string;
    readonly rule: string;
    readonly detail: string;
    readonly remedy?: string;
  },
): LogRefusal<Code> {
  return { authority: 'national log (RFC 9162 tree)', code, remedy: REMEDY, ...text };
}

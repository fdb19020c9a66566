/**
 * A named answer instead of an action: what was refused, by which rule, whose authority the rule
 * is, and what would change it. Codes are stable; they are part of the CLI's and API's contract.
 */
export interface Refusal<Code extends string = string> {
  readonly code: Code;
  /** Field or step the rule looks at, e.g. `payload.seq`. */
  readonly field: string;
  readonly rule: string;
  readonly authority: string;
  readonly detail: string;
  readonly remedy: string;
}

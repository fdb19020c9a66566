import type { Refusal } from '../domain/refusal.js';

/** A named answer of the application itself. */
export function appRefusal(
  code: string,
  field: string,
  parts: {
    readonly rule: string;
    readonly detail: string;
    readonly remedy: string;
    readonly authority?: string;
  },
): Refusal {
  return { authority: 'node', ...parts, code, field };
}

/** Carries a refusal out of nested work to the door of a service call. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code}: ${refusal.field} ${refusal.rule}: ${refusal.detail}`);
    this.refusal = refusal;
  }
}

export function refuse(...parts: Parameters<typeof appRefusal>): never {
  throw new RefusedError(appRefusal(...parts));
}

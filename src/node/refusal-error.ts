import type { Refusal } from '../domain/refusal.js';

/** A refusal that ends a command or a start: the front end prints it and chooses the exit code. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.refusal = refusal;
  }
}

/** A refusal by a rule of the nation's home folder or of this command. */
export function refuse(
  code: string,
  field: string,
  text: { readonly rule: string; readonly detail: string; readonly remedy: string },
): RefusalError {
  return new RefusalError({ code, field, authority: 'this node', ...text });
}

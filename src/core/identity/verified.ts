/**
 * A value that passed every check of its door. The `#private` mark makes a forgery neither compile
 * nor pass at run time. Minted only by `core/identity` and `core/admission`; everyone else imports
 * the type alone.
 */
export class Verified<T> {
  readonly #mark: true = true;
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  static is(candidate: unknown): candidate is Verified<unknown> {
    return typeof candidate === 'object' && candidate !== null && #mark in candidate;
  }
}

import type { Nation } from '../../domain/ids.js';

/**
 * A value that a release decision lets pass to the named nations. The `#private` mark makes a
 * forgery neither compile nor pass at run time. Minted only inside `core/policy`.
 */
export class Released<T> {
  readonly #mark: true = true;
  readonly value: T;
  readonly to: readonly Nation[];

  constructor(value: T, to: readonly Nation[]) {
    this.value = value;
    this.to = to;
  }

  static is(candidate: unknown): candidate is Released<unknown> {
    return typeof candidate === 'object' && candidate !== null && #mark in candidate;
  }
}

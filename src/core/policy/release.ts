import { assert } from '../../base/assert.js';
import type { Nation } from '../../domain/ids.js';
import type { Decision } from '../../domain/release.js';
import { permittedNation } from './decide.js';
import { Released } from './released.js';

/** A decision to permit, for one nation. */
export interface Permission {
  readonly nation: Nation;
  readonly decision: Decision;
}

/**
 * The only way to a `Released` value: every nation it goes to has its own permit, for everything
 * that the value contains. Asking with a denial, with another nation's permit, or with a permit that
 * `decide` did not make is a bug of the caller.
 */
export function release<T>(value: T, permissions: readonly Permission[]): Released<T> {
  for (const { nation, decision } of permissions) {
    assert(permittedNation(decision) === nation, `release to ${nation} needs a permit for it`);
  }
  return new Released(
    value,
    permissions.map(({ nation }) => nation),
  );
}

/** Joins several released parts for one nation into one released whole. */
export function releaseAll<T, U>(
  parts: readonly Released<T>[],
  to: Nation,
  join: (values: readonly T[]) => U,
): Released<U> {
  for (const part of parts) assert(part.to.includes(to), `every part is released to ${to}`);
  return new Released(join(parts.map(({ value }) => value)), [to]);
}

/** A change to one source file that takes one rule away. */
export interface Mutant {
  /** Group and rule: `safety/V1.last-vote`. Unique. */
  readonly id: string;
  /** What the changed source no longer does. */
  readonly what: string;
  /** Source file, from the root of the repository. */
  readonly file: string;
  /** The changed source. Throws `StaleMutant` when the rule is no longer where it was. */
  readonly change: (source: string) => string;
  /** Test files that answer for the rule, the likeliest first. */
  readonly tests: readonly string[];
  /** Changes nothing: the tests must pass, or their failures prove nothing about any rule. */
  readonly control?: true;
}

/** The source no longer holds what the mutant changes: the list of mutants has to follow. */
export class StaleMutant extends Error {}

/** Replaces the one occurrence of `find`. */
export function swap(find: string, replace: string): (source: string) => string {
  return (source) => {
    const parts = source.split(find);
    if (parts.length !== 2) {
      throw new StaleMutant(`found ${String(parts.length - 1)} times: ${find}`);
    }
    return parts.join(replace);
  };
}

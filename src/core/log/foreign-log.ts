import type { Nation } from '../../domain/ids.js';
import type { ClassHead } from './label-classes.js';
import type { Tree } from './own-log.js';

/**
 * A class of a foreign log as far as it was shown here: `count` positions are known to exist, `held`
 * of them are held. Fewer held than counted means that some are withheld here.
 */
export interface SeenClass extends ClassHead {
  readonly held: number;
}

/** Another nation's log: its whole tree, but only the leaves that this nation may read. */
export interface ForeignLog extends Tree {
  readonly kind: 'foreign';
  /** Positions known by their hash alone. */
  readonly withheld: number;
  readonly classes: ReadonlyMap<number, SeenClass>;
}

export function emptyForeignLog(nation: Nation, logNumber = 0): ForeignLog {
  return {
    kind: 'foreign',
    nation,
    logNumber,
    size: 0,
    peaks: [],
    withheld: 0,
    classes: new Map(),
  };
}

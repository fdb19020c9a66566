import { assert } from '../../base/assert.js';
import { equalBytes } from '../../base/bytes.js';
import type { Digest } from '../../domain/ids.js';
import { idBytes } from '../../domain/ids.js';
import type { ClassHead } from './label-classes.js';
import { classLeaf, classLeaves, classSalt } from './label-classes.js';
import { nodeHash, treeRoot } from './merkle.js';

/**
 * Shows a reader the count and head of the classes it may read at one checkpoint, and of all other
 * classes only the roots of the largest subtrees without a readable one. A holder that passes a
 * readable event off as withheld cannot make its own count fit the proof.
 */
export interface ClassProof {
  /** Number of class leaves: a power of two. */
  readonly width: number;
  /** Ascending by class. */
  readonly shown: readonly {
    readonly class: number;
    readonly count: number;
    readonly salt: Uint8Array;
  }[];
  /** Roots of the other subtrees, left to right. */
  readonly hidden: readonly Uint8Array[];
}

/** The widest label tree that is read: far more release sets than an operation has. */
const WIDTH_MAX = 2 ** 16;

interface Span {
  readonly from: number;
  readonly width: number;
}

/** Walks the tree left to right: a readable class, or a subtree without one. */
function walk<T>(
  span: Span,
  readable: (cls: number) => boolean,
  visit: { shown(cls: number): T; hidden(span: Span): T; join(left: T, right: T): T },
): T {
  const { from, width } = span;
  let any = false;
  for (let cls = from; cls < from + width && !any; cls++) any = readable(cls);
  if (!any) return visit.hidden(span);
  if (width === 1) return visit.shown(from);
  const left = walk({ from, width: width / 2 }, readable, visit);
  return visit.join(left, walk({ from: from + width / 2, width: width / 2 }, readable, visit));
}

/** Made by the owner, at the size of a checkpoint; `readable` are class numbers. */
export function classProof(
  heads: readonly ClassHead[],
  log: { readonly secret: Uint8Array; readonly size: number },
  readable: ReadonlySet<number>,
): ClassProof {
  const leaves = classLeaves(heads, log.secret, log.size);
  const shown: ClassProof['shown'][number][] = [];
  const hidden: Uint8Array[] = [];
  walk({ from: 0, width: leaves.length }, (cls) => cls < heads.length && readable.has(cls), {
    shown(cls) {
      const salt = classSalt(log.secret, cls, log.size);
      shown.push({ class: cls, count: heads[cls]?.count ?? 0, salt });
    },
    hidden({ from, width }) {
      hidden.push(treeRoot(leaves, from, from + width));
    },
    join() {
      // The lists grow in visiting order; nothing to join.
    },
  });
  return { width: leaves.length, shown, hidden };
}

export type ClassProofVerdict =
  | { readonly kind: 'complete' }
  /** Classes whose sent count is above what is held here: events are missing, none is false. */
  | {
      readonly kind: 'incomplete';
      readonly classes: readonly {
        readonly class: number;
        readonly count: number;
        readonly held: number;
      }[];
    }
  | { readonly kind: 'wrong' };

/**
 * Checks a proof against a checkpoint's label root with the reader's own heads. Where own and sent
 * count differ, the own head cannot fit, so such classes are named instead of checked.
 */
export function checkClassProof(
  proof: ClassProof,
  own: (cls: number) => ClassHead,
  labelRoot: Digest,
): ClassProofVerdict {
  if (!isWidth(proof.width) || proof.shown.length === 0) return { kind: 'wrong' };
  const behind = proof.shown
    .map(({ class: cls, count }) => ({ class: cls, count, held: own(cls).count }))
    .filter(({ count, held }) => count !== held);
  if (behind.some(({ count, held }) => count < held)) return { kind: 'wrong' };
  if (behind.length > 0) return { kind: 'incomplete', classes: behind };
  const root = rebuild(proof, own);
  return root !== null && equalBytes(root, idBytes(labelRoot))
    ? { kind: 'complete' }
    : { kind: 'wrong' };
}

function isWidth(width: number): boolean {
  return width >= 1 && width <= WIDTH_MAX && 2 ** Math.round(Math.log2(width)) === width;
}

function rebuild(proof: ClassProof, own: (cls: number) => ClassHead): Uint8Array | null {
  const salts = new Map(proof.shown.map(({ class: cls, salt }) => [cls, salt]));
  const outside = proof.shown.some(({ class: cls }) => cls >= proof.width);
  if (outside || salts.size !== proof.shown.length) return null;
  let next = 0;
  const root = walk<Uint8Array | null>({ from: 0, width: proof.width }, (cls) => salts.has(cls), {
    shown(cls) {
      const salt = salts.get(cls);
      assert(salt !== undefined, 'a shown class has its salt');
      return classLeaf(cls, own(cls), salt);
    },
    hidden: () => proof.hidden[next++] ?? null,
    join: (left, right) => (left === null || right === null ? null : nodeHash(left, right)),
  });
  return next === proof.hidden.length ? root : null;
}

import { equalBytes, fromHex, toHex } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { hashHex } from '../../domain/codec/hash.js';
import { encodeLeafHeader, leafHashOf } from '../../domain/codec/leaf.js';
import type { Checkpoint, LeafHeader } from '../../domain/checkpoint.js';
import type { Digest } from '../../domain/ids.js';
import { compareCheckpoints } from './checkpoints.js';
import type { ForeignLog, SeenClass } from './foreign-log.js';
import { EMPTY_CLASS } from './label-classes.js';
import { appendPeak } from './merkle.js';
import { rootOf } from './own-log.js';
import type { LogRefusal } from './refusals.js';
import { logRefusal } from './refusals.js';

/** One position as a neighbour sends it. */
export type RangeItem =
  | { readonly kind: 'event'; readonly header: LeafHeader; readonly record: Uint8Array }
  | { readonly kind: 'withheld'; readonly hash: Digest };

/** Consecutive positions of one log with the checkpoint they lead to; its signature is verified. */
export interface LogRange {
  readonly from: number;
  readonly items: readonly RangeItem[];
  readonly checkpoint: Checkpoint;
}

/** Positions of a class that exist and were not shown: before `index`, class positions from..to−1. */
export interface ClassGap {
  readonly class: number;
  readonly from: number;
  readonly to: number;
  readonly index: number;
}

export interface ExtendOptions {
  /** Newest checkpoint held of this log. */
  readonly held?: Checkpoint;
  /**
   * `refuse`: a neighbour that serves its own log must show every class without gaps. `mark`: from
   * a relay, or after a time without entitlement, gaps are kept as data and filled elsewhere.
   */
  readonly gaps?: 'refuse' | 'mark';
}

export type ExtendCode =
  | 'WRONG_LOG'
  | 'INDEX_GAP'
  | 'SIZE_MISMATCH'
  | 'RECORD_MISMATCH'
  | 'CLASS_CHAIN'
  | 'CLASS_GAP'
  | 'ROOT_MISMATCH'
  | 'FORK';
export type ExtendRefusal = LogRefusal<ExtendCode> & {
  /** Both sides of a fork: the proof of it. */
  readonly evidence?: readonly [Checkpoint, Checkpoint];
};

export interface Extended {
  readonly log: ForeignLog;
  readonly gaps: readonly ClassGap[];
}

function refuse(code: ExtendCode, field: string, rule: string, detail: string): ExtendRefusal {
  return logRefusal(code, { field, rule, detail });
}

function checkPlace(log: ForeignLog, range: LogRange, held?: Checkpoint): ExtendRefusal | null {
  const { checkpoint, from, items } = range;
  if (checkpoint.nation !== log.nation || checkpoint.logNumber !== log.logNumber) {
    const detail = `is of log ${String(checkpoint.logNumber)} of ${checkpoint.nation}`;
    return refuse('WRONG_LOG', 'checkpoint', 'a range extends the log it is of', detail);
  }
  if (held !== undefined && compareCheckpoints(held, checkpoint) === 'fork') {
    return fork(held, checkpoint);
  }
  if (from !== log.size) {
    const detail = `starts at ${String(from)}, the log has ${String(log.size)}`;
    return refuse('INDEX_GAP', 'from', 'a range starts where the log ends', detail);
  }
  if (checkpoint.size !== from + items.length) {
    const detail = `${String(items.length)} positions from ${String(from)}, size ${String(checkpoint.size)}`;
    return refuse('SIZE_MISMATCH', 'checkpoint.size', 'a range ends at its checkpoint', detail);
  }
  return null;
}

function fork(held: Checkpoint, offered: Checkpoint): ExtendRefusal {
  const detail = `size ${String(held.size)} of ${held.nation} has two signed heads`;
  return {
    ...refuse('FORK', 'checkpoint', 'one size has one root and one label root', detail),
    evidence: [held, offered],
  };
}

type ClassStep = { readonly seen: SeenClass; readonly gap?: ClassGap };

/** The class after one more leaf of it. `hidden`: positions of the log known by hash alone. */
function stepClass(
  before: SeenClass,
  header: LeafHeader,
  hash: Digest,
  hidden: number,
): ClassStep | 'broken' {
  const { classSeq, classPrev } = header;
  const missing = classSeq - before.count;
  const seen = { count: classSeq + 1, held: before.held + 1, head: hash };
  if (missing === 0) return classPrev === before.head ? { seen } : 'broken';
  // A class cannot have more unseen positions than the whole log has.
  if (missing < 0 || before.count - before.held + missing > hidden) return 'broken';
  const gap = { class: header.class, from: before.count, to: classSeq, index: header.index };
  return { seen, gap };
}

/** Folds a range into a log position by position. */
class Extension {
  readonly #mode: 'refuse' | 'mark';
  readonly #classes: Map<number, SeenClass>;
  readonly #log: ForeignLog;
  #peaks: readonly Uint8Array[];
  #size: number;
  #withheld: number;
  readonly gaps: ClassGap[] = [];

  constructor(log: ForeignLog, mode: 'refuse' | 'mark') {
    this.#mode = mode;
    this.#log = log;
    this.#classes = new Map(log.classes);
    this.#peaks = log.peaks;
    this.#size = log.size;
    this.#withheld = log.withheld;
  }

  get log(): ForeignLog {
    return {
      ...this.#log,
      size: this.#size,
      peaks: this.#peaks,
      withheld: this.#withheld,
      classes: this.#classes,
    };
  }

  add(item: RangeItem): ExtendRefusal | null {
    if (item.kind === 'withheld') {
      this.#withheld++;
      this.#push(fromHex(item.hash));
      return null;
    }
    const hash = leafHashOf(encodeLeafHeader(item.header));
    const refusal = this.#checkEvent(item.header, item.record, toHex(hash) as Digest);
    if (refusal === null) this.#push(hash);
    return refusal;
  }

  #push(hash: Uint8Array): void {
    this.#peaks = appendPeak(this.#peaks, this.#size, hash);
    this.#size++;
  }

  #checkEvent(header: LeafHeader, record: Uint8Array, hash: Digest): ExtendRefusal | null {
    const field = `${this.#log.nation}/${String(this.#size)}`;
    if (header.index !== this.#size) {
      const detail = `position ${String(this.#size)} has a leaf of index ${String(header.index)}`;
      return refuse('INDEX_GAP', field, 'leaves follow each other', detail);
    }
    if (hashHex(record) !== header.recordHash) {
      const detail = `leaf ${String(header.index)} commits to other bytes`;
      return refuse('RECORD_MISMATCH', field, 'a leaf commits to its record', detail);
    }
    return this.#checkClass(header, hash, field);
  }

  #checkClass(header: LeafHeader, hash: Digest, field: string): ExtendRefusal | null {
    const before = this.#classes.get(header.class) ?? { ...EMPTY_CLASS, held: 0 };
    const step = stepClass(before, header, hash, this.#withheld);
    const at = `class ${String(header.class)} at position ${String(header.index)}`;
    if (step === 'broken') {
      const detail = `${at} does not follow ${String(before.count)} leaves of its class`;
      return refuse('CLASS_CHAIN', field, 'the leaves of a class are a chain', detail);
    }
    if (step.gap !== undefined && this.#mode === 'refuse') {
      const detail = `${at} has ${String(header.classSeq)} leaves before it, shown were ${String(before.count)}`;
      return refuse('CLASS_GAP', field, 'a readable class is shown without gaps', detail);
    }
    if (step.gap !== undefined) this.gaps.push(step.gap);
    this.#classes.set(header.class, step.seen);
    return null;
  }
}

/**
 * Extends a foreign log by a range. Nothing of the range counts unless all of it leads to the root
 * that the owner signed: the range is its own consistency proof.
 */
export function extend(
  log: ForeignLog,
  range: LogRange,
  options: ExtendOptions = {},
): Result<Extended, ExtendRefusal> {
  const misplaced = checkPlace(log, range, options.held);
  if (misplaced !== null) return err(misplaced);
  const extension = new Extension(log, options.gaps ?? 'refuse');
  for (const item of range.items) {
    const refusal = extension.add(item);
    if (refusal !== null) return err(refusal);
  }
  const next = extension.log;
  if (!equalBytes(fromHex(rootOf(next)), fromHex(range.checkpoint.root))) {
    const detail = `positions ${String(range.from)} to ${String(next.size)} of ${log.nation} hash to another root`;
    return err(
      refuse('ROOT_MISMATCH', 'checkpoint.root', 'the positions hash to the signed root', detail),
    );
  }
  return ok({ log: next, gaps: extension.gaps });
}

import { assert } from '../../base/assert.js';
import { toHex } from '../../base/bytes.js';
import type { CheckpointHead } from '../../domain/codec/checkpoint.js';
import { LEAF_SALT_BYTES, encodeLeafHeader, leafHashOf } from '../../domain/codec/leaf.js';
import type { LeafHeader } from '../../domain/checkpoint.js';
import type { Precedence } from '../../domain/event.js';
import type { Digest, Nation, ReleaseSetDigest } from '../../domain/ids.js';
import type { ClassHead } from './label-classes.js';
import { EMPTY_CLASS, labelRootOf } from './label-classes.js';
import { appendPeak, rootOfPeaks } from './merkle.js';

/** What a label class is in its originator's own books: the open class, or one release set. */
export type ClassKey = 'open' | ReleaseSetDigest;

/** The tree of a log so far. */
export interface Tree {
  readonly nation: Nation;
  /** Grows only if a nation must start a new log. */
  readonly logNumber: number;
  readonly size: number;
  readonly peaks: readonly Uint8Array[];
}

/** A nation's own log as its only writer keeps it. The position of a class is its number. */
export interface OwnLog extends Tree {
  readonly kind: 'own';
  readonly classes: readonly (ClassHead & { readonly key: ClassKey })[];
}

/** What the writer decides about one leaf. Times are whole Unix seconds; expiry 0 means none. */
export interface NewLeaf {
  readonly recordHash: Digest;
  readonly classKey: ClassKey;
  readonly precedence: Precedence;
  readonly admittedS: number;
  readonly expiryS: number;
  /** 16 random bytes. */
  readonly salt: Uint8Array;
}

export interface Appended {
  readonly log: OwnLog;
  readonly header: LeafHeader;
  readonly leafHash: Digest;
}

/** A log without leaves. Class 0, the open one, is there from the start. */
export function emptyOwnLog(nation: Nation, logNumber = 0): OwnLog {
  const open = { ...EMPTY_CLASS, key: 'open' as const };
  return { kind: 'own', nation, logNumber, size: 0, peaks: [], classes: [open] };
}

export function rootOf(tree: Tree): Digest {
  return toHex(rootOfPeaks(tree.peaks)) as Digest;
}

/** The log with one more leaf; a release set seen for the first time gets the next class number. */
export function appendLeaf(log: OwnLog, leaf: NewLeaf): Appended {
  assert(leaf.salt.length === LEAF_SALT_BYTES, 'a leaf salt is 16 bytes');
  const known = log.classes.findIndex(({ key }) => key === leaf.classKey);
  const cls = known < 0 ? log.classes.length : known;
  const { count, head } = log.classes[cls] ?? EMPTY_CLASS;
  const header: LeafHeader = {
    index: log.size,
    class: cls,
    classSeq: count,
    classPrev: head,
    precedence: leaf.precedence,
    admitted: leaf.admittedS,
    expiry: leaf.expiryS,
    recordHash: leaf.recordHash,
    salt: leaf.salt,
  };
  const hash = leafHashOf(encodeLeafHeader(header));
  const leafHash = toHex(hash) as Digest;
  const classes = log.classes.slice();
  classes[cls] = { key: leaf.classKey, count: count + 1, head: leafHash };
  const peaks = appendPeak(log.peaks, log.size, hash);
  return { log: { ...log, size: log.size + 1, peaks, classes }, header, leafHash };
}

/** What the next checkpoint of this log states: to be signed, and durable before it is sent. */
export function checkpointHead(log: OwnLog, logSecret: Uint8Array, timeS: number): CheckpointHead {
  return {
    nation: log.nation,
    logNumber: log.logNumber,
    size: log.size,
    root: rootOf(log),
    labelRoot: labelRootOf(log.classes, logSecret, log.size),
    time: timeS,
  };
}

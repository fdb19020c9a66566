import { fromHex, toHex } from '../../base/bytes.js';
import { leafHash } from '../../domain/codec/leaf.js';
import { hashHex } from '../../domain/codec/hash.js';
import type { Checkpoint, LeafHeader } from '../../domain/checkpoint.js';
import type { Digest, Nation } from '../../domain/ids.js';
import { compareCheckpoints } from './checkpoints.js';
import type { ClassHead } from './label-classes.js';
import { EMPTY_CLASS, labelRootOf } from './label-classes.js';
import { decodeLogState } from './log-state.js';
import { appendPeak, rootOfPeaks } from './merkle.js';
import { rootOf } from './own-log.js';
import type { LogRefusal } from './refusals.js';
import { logRefusal } from './refusals.js';

export type AuditCode =
  | 'LOG_LEAF'
  | 'LOG_INDEX'
  | 'LOG_RECORD'
  | 'LOG_RECORD_MISSING'
  | 'LOG_CONTENT'
  | 'LOG_CLASS_CHAIN'
  | 'LOG_ROOT'
  | 'LOG_LABEL_ROOT'
  | 'LOG_SIGNATURE'
  | 'LOG_CHECKPOINT'
  | 'LOG_FORK'
  | 'LOG_STATE';

/** One thing that is wrong: which nation's log, at which position (or size, of a checkpoint), why. */
export type LogFinding = LogRefusal<AuditCode> & {
  readonly nation: Nation;
  readonly index: number;
};

/** A stored position; `record` is absent when the store has the leaf but not the event. */
export type AuditedLeaf =
  | {
      readonly kind: 'event';
      readonly header: LeafHeader;
      readonly record?: Uint8Array;
      /** The sealed content beside it, as far as it is stored, and the hash its event states. */
      readonly content?: { readonly box: Uint8Array; readonly hash: Digest };
    }
  | { readonly kind: 'withheld'; readonly index: number; readonly hash: Digest };

export interface AuditInput {
  readonly nation: Nation;
  /** All that are stored, ascending by log number and size. */
  readonly checkpoints: readonly Checkpoint[];
  /** The log secret, for the nation's own log only: then label roots are recomputed too. */
  readonly logSecret?: Uint8Array;
  /** Whether a checkpoint is signed by a key that may sign for this log. */
  readonly signed: (checkpoint: Checkpoint) => boolean;
}

export interface AuditReport {
  readonly nation: Nation;
  readonly size: number;
  readonly root: Digest;
  readonly checkpoints: number;
  readonly held: number;
  readonly withheld: number;
  readonly findings: readonly LogFinding[];
}

const REMEDY = 'stop writing, keep the database as it is, and fetch the range from another holder';

interface AuditedClass extends ClassHead {
  /** Position of the newest leaf of the class. */
  readonly index: number;
}

/**
 * Recomputes a stored log from its leaves, in order: record hashes, class chains, the root at every
 * checkpoint. Feed every leaf to `leaf` (or its loss to `damaged`), then call `end`.
 */
export class LogAudit {
  readonly #input: AuditInput;
  readonly #findings: LogFinding[] = [];
  readonly #classes = new Map<number, AuditedClass>();
  #peaks: readonly Uint8Array[] = [];
  #size = 0;
  #held = 0;
  #withheld = 0;
  #nextCheckpoint = 0;
  /** A position without a hash leaves no root to compare from there on. */
  #broken = false;

  constructor(input: AuditInput) {
    this.#input = input;
    input.checkpoints.forEach((checkpoint, i) => {
      this.#checkCheckpoint(checkpoint, input.checkpoints[i - 1]);
    });
    this.#checkRoots();
  }

  /** Position that is due next. */
  get size(): number {
    return this.#size;
  }

  leaf(leaf: AuditedLeaf): void {
    const index = leaf.kind === 'event' ? leaf.header.index : leaf.index;
    if (index !== this.#size) {
      this.#find('LOG_INDEX', this.#size, `the next leaf stored is of index ${String(index)}`);
      this.#broken = true;
      this.#size = Math.max(this.#size, index);
    }
    if (leaf.kind === 'withheld') {
      this.#withheld++;
      this.#push(fromHex(leaf.hash));
    } else {
      this.#held++;
      this.#checkRecord(leaf.header, leaf.record);
      this.#checkContent(leaf);
      const hash = leafHash(leaf.header);
      this.#checkClass(leaf.header, hash);
      this.#push(fromHex(hash));
    }
  }

  /** The store cannot read this position, which is due or behind missing ones. */
  damaged(index: number, detail: string): void {
    if (index > this.#size) this.#find('LOG_INDEX', this.#size, 'a position is missing');
    this.#find('LOG_LEAF', index, detail);
    this.#broken = true;
    this.#size = Math.max(this.#size, index) + 1;
    this.#checkRoots();
  }

  /** A stored checkpoint cannot be read. */
  damagedCheckpoint(size: number, detail: string): void {
    this.#find('LOG_CHECKPOINT', size, detail);
  }

  /** `state` are the bytes of the builder state as stored. */
  end(state?: Uint8Array): AuditReport {
    const { nation, checkpoints } = this.#input;
    for (const { size } of checkpoints.slice(this.#nextCheckpoint)) {
      this.#find('LOG_CHECKPOINT', size, `only ${String(this.#size)} leaves are stored`);
    }
    this.#checkState(state);
    return {
      nation,
      size: this.#size,
      root: toHex(rootOfPeaks(this.#peaks)) as Digest,
      checkpoints: checkpoints.length,
      held: this.#held,
      withheld: this.#withheld,
      findings: this.#findings,
    };
  }

  #find(code: AuditCode, index: number, detail: string): void {
    const { nation } = this.#input;
    const field = `${nation}/${String(index)}`;
    const finding = logRefusal(code, { field, rule: RULES[code], detail, remedy: REMEDY });
    this.#findings.push({ ...finding, nation, index });
  }

  #push(hash: Uint8Array): void {
    if (!this.#broken) this.#peaks = appendPeak(this.#peaks, this.#size, hash);
    this.#size++;
    this.#checkRoots();
  }

  #checkRecord(header: LeafHeader, record: Uint8Array | undefined): void {
    if (record === undefined) {
      this.#find('LOG_RECORD_MISSING', header.index, 'the leaf is stored, its event is not');
    } else if (hashHex(record) !== header.recordHash) {
      this.#find('LOG_RECORD', header.index, 'the stored event has other bytes');
    }
  }

  #checkContent({ header, content }: Extract<AuditedLeaf, { kind: 'event' }>): void {
    if (content === undefined || hashHex(content.box) === content.hash) return;
    this.#find('LOG_CONTENT', header.index, 'the stored sealed content has other bytes');
  }

  #checkClass(header: LeafHeader, hash: Digest): void {
    const before = this.#classes.get(header.class) ?? { ...EMPTY_CLASS, index: -1 };
    const missing = header.classSeq - before.count;
    // Withheld positions may lie between two leaves of a class; then the link cannot be checked.
    const linked = missing === 0 && header.classPrev === before.head;
    const apart = missing > 0 && missing <= this.#withheld;
    if (!linked && !apart && !this.#broken) {
      const detail = `leaf ${String(header.index)} does not follow leaf ${String(before.index)} of class ${String(header.class)}`;
      this.#find('LOG_CLASS_CHAIN', header.index, detail);
    }
    const { index } = header;
    this.#classes.set(header.class, { count: header.classSeq + 1, head: hash, index });
  }

  #checkCheckpoint(checkpoint: Checkpoint, before: Checkpoint | undefined): void {
    if (checkpoint.nation !== this.#input.nation) {
      this.#find('LOG_CHECKPOINT', checkpoint.size, `is a checkpoint of ${checkpoint.nation}`);
    }
    if (!this.#input.signed(checkpoint)) {
      this.#find('LOG_SIGNATURE', checkpoint.size, `is not signed by key ${checkpoint.kid}`);
    }
    if (before !== undefined && compareCheckpoints(before, checkpoint) === 'fork') {
      this.#find('LOG_FORK', checkpoint.size, 'two signed heads of one size are stored');
    }
  }

  /** Compares every checkpoint of the size that is reached. */
  #checkRoots(): void {
    const { checkpoints, logSecret } = this.#input;
    for (;;) {
      const checkpoint = checkpoints[this.#nextCheckpoint];
      if (checkpoint === undefined || checkpoint.size > this.#size) return;
      this.#nextCheckpoint++;
      if (this.#broken) continue;
      if (toHex(rootOfPeaks(this.#peaks)) !== checkpoint.root) {
        this.#find('LOG_ROOT', checkpoint.size, `the leaves hash to another root`);
      }
      if (logSecret === undefined) continue;
      const labelRoot = labelRootOf(this.#heads(), logSecret, checkpoint.size);
      if (labelRoot !== checkpoint.labelRoot) {
        this.#find('LOG_LABEL_ROOT', checkpoint.size, 'the classes hash to another label root');
      }
    }
  }

  #heads(): readonly ClassHead[] {
    const last = Math.max(0, ...this.#classes.keys());
    return Array.from({ length: last + 1 }, (_, cls) => this.#classes.get(cls) ?? EMPTY_CLASS);
  }

  #checkState(bytes: Uint8Array | undefined): void {
    if (bytes === undefined) {
      if (this.#size > 0) this.#find('LOG_STATE', this.#size, 'no state is stored');
      return;
    }
    const state = decodeLogState(bytes);
    if (!state.ok) {
      this.#find('LOG_STATE', this.#size, state.error.detail);
      return;
    }
    const { value } = state;
    if (value.nation !== this.#input.nation || value.size !== this.#size) {
      this.#find('LOG_STATE', this.#size, `the state counts ${String(value.size)} leaves`);
    } else if (!this.#broken && rootOf(value) !== toHex(rootOfPeaks(this.#peaks))) {
      this.#find('LOG_STATE', this.#size, 'the stored peaks are not those of the leaves');
    }
    // Behind a lost position the chains of the leaves are not known to be whole.
    if (this.#broken) return;
    const classes = value.kind === 'own' ? value.classes.entries() : value.classes;
    for (const [cls, { count, head }] of classes) this.#checkHead(cls, { count, head });
  }

  #checkHead(cls: number, stored: ClassHead): void {
    const found = this.#classes.get(cls) ?? { ...EMPTY_CLASS, index: this.#size };
    if (stored.count === found.count && stored.head === found.head) return;
    const detail = `class ${String(cls)} ends with another leaf than the state says`;
    this.#find('LOG_STATE', found.index, detail);
  }
}

const RULES: Readonly<Record<AuditCode, string>> = {
  LOG_LEAF: 'every stored leaf can be read and has the hash it was stored with',
  LOG_INDEX: 'leaves follow each other without gaps',
  LOG_RECORD: 'a leaf commits to the exact bytes of its event',
  LOG_CONTENT: 'sealed content has the hash that its event states',
  LOG_RECORD_MISSING: 'a readable leaf has its event beside it',
  LOG_CLASS_CHAIN: 'the leaves of a class are a chain',
  LOG_ROOT: 'the leaves hash to the root of every checkpoint',
  LOG_LABEL_ROOT: 'the classes hash to the label root of every checkpoint',
  LOG_SIGNATURE: "a checkpoint is signed with the nation's node key",
  LOG_CHECKPOINT: 'every stored checkpoint can be read and is covered by stored leaves',
  LOG_FORK: 'one size has one root and one label root',
  LOG_STATE: 'the stored state is that of the stored leaves',
};

/** Audits a log that is at hand as a whole. */
export function auditLog(
  input: AuditInput,
  leaves: Iterable<AuditedLeaf>,
  state?: Uint8Array,
): AuditReport {
  const audit = new LogAudit(input);
  for (const leaf of leaves) audit.leaf(leaf);
  return audit.end(state);
}

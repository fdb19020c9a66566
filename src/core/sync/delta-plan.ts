import { assert } from '../../base/assert.js';
import { leafHash } from '../../domain/codec/leaf.js';
import type { Checkpoint, LeafHeader } from '../../domain/checkpoint.js';
import type { Digest, Nation } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { ContentFrame, DeltaItem } from '../../domain/wire.js';
import { itemBytes } from './item-size.js';

export type DeltaFrame = Extract<ContentFrame, { type: 'delta' }>;

/** A position of the sender's store, with the release decision for this one receiver. */
export type PlannedLeaf =
  | {
      readonly kind: 'event';
      readonly header: LeafHeader;
      readonly record: Uint8Array;
      readonly box?: Uint8Array;
      readonly readable: boolean;
    }
  | { readonly kind: 'withheld'; readonly hash: Digest };

export interface DeltaRequest {
  readonly nation: Nation;
  /** Position of the first leaf given. */
  readonly from: number;
  /** Consecutive positions; may be a page of what is stored. */
  readonly leaves: Iterable<PlannedLeaf>;
  /** Stored checkpoints above `from`, ascending by size. */
  readonly checkpoints: readonly Checkpoint[];
  /** Bytes of one chunk, at most; a single larger item goes alone. */
  readonly chunkBytesMax?: number;
  /** Bytes after which no further chunk is begun. */
  readonly budgetBytes?: number;
}

export interface DeltaPlan {
  readonly chunks: readonly DeltaFrame[];
  /** Position after the last one planned: where the next request goes on. */
  readonly next: number;
}

function itemOf(leaf: PlannedLeaf): DeltaItem {
  if (leaf.kind === 'withheld') return leaf;
  if (!leaf.readable) return { kind: 'withheld', hash: leafHash(leaf.header) };
  const { header, record, box } = leaf;
  return { kind: 'event', header, record, ...(box && { box }) };
}

/** Cuts a run of positions into chunks, at checkpoints wherever one fits. */
class Cutter {
  readonly #request: DeltaRequest;
  readonly #bySize: ReadonlyMap<number, Checkpoint>;
  readonly chunks: DeltaFrame[] = [];
  #from: number;
  #items: DeltaItem[] = [];
  #bytes = 0;
  #spent = 0;
  /** Number of pending items up to the last checkpoint among them. */
  #proven = 0;

  constructor(request: DeltaRequest) {
    this.#request = request;
    this.#from = request.from;
    // Of several checkpoints of one size the newest counts: it is the last in order.
    this.#bySize = new Map(request.checkpoints.map((checkpoint) => [checkpoint.size, checkpoint]));
  }

  get next(): number {
    return this.#from;
  }

  /** False when the budget is used up: the item was not taken. */
  take(item: DeltaItem): boolean {
    const bytes = itemBytes(item);
    const chunkMax = this.#request.chunkBytesMax ?? LIMITS.deltaChunkBytesMax;
    while (this.#items.length > 0 && this.#bytes + bytes > chunkMax) {
      this.#cut(this.#proven > 0 ? this.#proven : this.#items.length);
      if (this.#isSpent()) return false;
    }
    this.#items.push(item);
    this.#bytes += bytes;
    if (this.#bySize.has(this.#from + this.#items.length)) this.#proven = this.#items.length;
    return true;
  }

  /** Sends what is left: to the last checkpoint, or all if a later checkpoint will prove it. */
  finish(): void {
    if (this.#proven > 0) this.#cut(this.#proven);
    if (this.#items.length === 0 || this.#isSpent()) return;
    const end = this.#from + this.#items.length;
    if (this.#request.checkpoints.some(({ size }) => size > end)) this.#cut(this.#items.length);
  }

  #isSpent(): boolean {
    return this.#spent >= (this.#request.budgetBytes ?? Infinity);
  }

  #cut(count: number): void {
    const items = this.#items.splice(0, count);
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    const from = this.#from;
    this.#from += count;
    this.#bytes -= bytes;
    this.#spent += bytes;
    this.#proven = Math.max(0, this.#proven - count);
    const checkpoint = this.#bySize.get(this.#from);
    const { nation } = this.#request;
    this.chunks.push({ type: 'delta', nation, from, items, ...(checkpoint && { checkpoint }) });
  }
}

/**
 * Plans what one receiver gets of one log: readable events whole, all other positions as hashes.
 * Positions behind the newest checkpoint are not sent: nothing would prove them.
 */
export function planDelta(request: DeltaRequest): DeltaPlan {
  const cutter = new Cutter(request);
  let index = request.from;
  for (const leaf of request.leaves) {
    if (leaf.kind === 'event') assert(leaf.header.index === index, 'leaves are consecutive');
    index++;
    if (!cutter.take(itemOf(leaf))) return { chunks: cutter.chunks, next: cutter.next };
  }
  cutter.finish();
  return { chunks: cutter.chunks, next: cutter.next };
}

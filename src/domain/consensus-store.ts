import type {
  BlockRecord,
  Certificate,
  CommittedBlock,
  CommittedTip,
  EntryBody,
} from './consensus.js';
import type { BlockId } from './ids.js';

/** Everything one decision of a replica makes durable: one atomic, synced write. */
export interface SafetyBatch {
  /** Grows by one with every batch; the guard slot to write is `counter mod 2`. */
  readonly counter: number;
  /** The safety record as canonical bytes; replaces the former one. */
  readonly record: Uint8Array;
  /**
   * The guard content as canonical bytes, written and synced once the rest is durable. Were it
   * written in parallel, a power cut could leave it ahead of the record by a statement that was
   * never made; enough such members could neither repeat nor replace it, and the group would stop.
   */
  readonly guard: Uint8Array;
  /** Blocks above the committed tip, whole. */
  readonly blocks: readonly { readonly id: BlockId; readonly record: BlockRecord }[];
  readonly entries: readonly EntryBody[];
  /** Blocks that became final, ascending by height without gaps; they move the committed tip. */
  readonly commits: readonly CommittedBlock[];
  /** Blocks beside the committed chain: may be deleted. */
  readonly forget: readonly BlockId[];
}

/** What a replica finds when it starts. `record` and `guardSlots` are raw: the core judges them. */
export interface StoredReplica {
  /** True only when the operator starts this replica for the first time in its life. */
  readonly firstStart: boolean;
  readonly record?: Uint8Array;
  /** Both slots of the guard file that could be read at all. */
  readonly guardSlots: readonly Uint8Array[];
  /** Tip of the committed chain with the newest commit certificate. */
  readonly committed?: CommittedTip & { readonly certificate: Certificate };
  /** Blocks stored above the tip with the bodies that are stored, in any order. */
  readonly pending: readonly {
    readonly record: BlockRecord;
    readonly entries: readonly EntryBody[];
  }[];
}

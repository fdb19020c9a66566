import type {
  CommittedBlock,
  ConsensusMessage,
  Equivocation,
  Statement,
} from '../../domain/consensus.js';
import type { BlockId, EntryId } from '../../domain/ids.js';
import type { SafetyBatch } from '../../domain/consensus-store.js';

/** Where a message comes from or goes to: a member by index, or a learner's node by name. */
export type PeerRef = number | string;

/** `half` and `full` belong to the view; `fetch` asks again for blocks, `status` for Status. */
export type TimerName = 'half' | 'full' | 'fetch' | 'status';

/** A statement to be signed with the consensus key; goes back unchanged in `signed`. */
export interface SignRequest {
  readonly statement: Statement;
  /** A repeat of a statement made before. */
  readonly again: boolean;
  /** Only to this peer; to all members when absent. */
  readonly to?: PeerRef;
  /** Every batch up to this token must be durable before the signature exists. */
  readonly token: number;
}

/** Why a replica signs nothing any more. It keeps serving what it has. */
export type HaltReason =
  | {
      readonly code: 'SAFETY_RECORD_LOST';
      /** The replica goes on as a learner: it follows and delivers, without a vote. */
      readonly detail: string;
    }
  | { readonly code: 'COMMIT_CONTRADICTED'; readonly detail: string }
  | { readonly code: 'COMMITTED_ENTRY_INVALID'; readonly detail: string };

/**
 * What the shell performs, in list order, each awaited before the next; so what `persist` stores
 * is durable before the `sign`, `commit` or `send` behind it. A failed persist stops the replica.
 */
export type Effect =
  | { readonly kind: 'persist'; readonly token: number; readonly batch: SafetyBatch }
  | { readonly kind: 'sign'; readonly preimage: Uint8Array; readonly request: SignRequest }
  | { readonly kind: 'send'; readonly to: PeerRef; readonly message: ConsensusMessage }
  /** To every member but this one; members without a connection are passed over. */
  | { readonly kind: 'broadcast'; readonly message: ConsensusMessage }
  /** Replaces a running timer of the same name. */
  | {
      readonly kind: 'set-timer';
      readonly timer: TimerName;
      readonly seq: number;
      readonly delayMs: number;
    }
  | { readonly kind: 'cancel-timer'; readonly timer: TimerName }
  /** Exactly once per height and life; after a crash the shell skips heights it has delivered. */
  | ({ readonly kind: 'commit' } & CommittedBlock)
  /**
   * Answer from the store: records from `fromDigest` along parents, newest first, while their
   * height is above `downToHeight` and their encoding fits `maxBytes`; at least one if it is held.
   */
  | {
      readonly kind: 'serve-blocks';
      readonly to: PeerRef;
      readonly fromDigest: BlockId;
      readonly downToHeight: number;
      readonly maxBytes: number;
    }
  /** Answer from the store: those of the bodies that are held, until `maxBytes` are reached. */
  | {
      readonly kind: 'serve-entries';
      readonly to: PeerRef;
      readonly ids: readonly EntryId[];
      readonly maxBytes: number;
    }
  /** What became of an `entry-submitted`. `known`: it waits already; it was sent out again. */
  | {
      readonly kind: 'submission';
      readonly outcome: 'accepted' | 'known';
      readonly entryId: EntryId;
    }
  | {
      readonly kind: 'submission';
      readonly outcome: 'refused';
      readonly code: 'MALFORMED' | 'TOO_LARGE' | 'POOL_FULL';
      readonly detail: string;
    }
  | { readonly kind: 'report-equivocation'; readonly equivocation: Equivocation }
  | { readonly kind: 'halt'; readonly reason: HaltReason };

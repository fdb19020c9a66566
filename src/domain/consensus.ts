import type { BlockId, EntryId, OpId } from './ids.js';
import type { Member } from './operation.js';

/**
 * Messages and certificates of the settlement protocol: two-phase HotStuff with explicit commit
 * votes (as in Aptos AIP-89) and Jolteon-style timeout certificates. Fixed-width big-endian binary
 * on the wire. Views, heights and epochs are safe integers; members are named by index.
 */

export interface EpochState {
  readonly opId: OpId;
  readonly epoch: number;
  readonly rulesVersion: number;
  readonly members: readonly Member[];
  readonly q: number;
  readonly anchor: { readonly digest: BlockId; readonly height: number };
  /** H(0x12, epoch ‖ rulesVersion ‖ q ‖ members), 32 bytes hex. */
  readonly valSetHash: string;
  /** Member indexes in leader order: leader(v) = order[v mod n]. */
  readonly order: readonly number[];
}

export type BlockKind = 'normal' | 'seal' | 'reconfig';

export interface Header {
  readonly kind: BlockKind;
  readonly opId: OpId;
  readonly epoch: number;
  readonly valSetHash: string;
  readonly view: number;
  readonly height: number;
  readonly justifyView: number;
  readonly parent: BlockId;
  readonly tcView: number;
  readonly tcHighView: number;
  readonly author: number;
  /** RFC 6962 tree hash over the entry ids, hex. */
  readonly payloadRoot: string;
  readonly entryCount: number;
}

/** Vote or commit certificate: exactly q distinct members. */
export interface Certificate {
  readonly kind: 'vote' | 'commit';
  readonly epoch: number;
  readonly view: number;
  readonly block: BlockId;
  /** Member indexes, ascending, with one signature each. */
  readonly signers: readonly number[];
  readonly signatures: readonly Uint8Array[];
}

export interface TimeoutCertificate {
  readonly epoch: number;
  readonly view: number;
  readonly highQC: Certificate;
  readonly signers: readonly number[];
  readonly highQcViews: readonly number[];
  readonly signatures: readonly Uint8Array[];
}

/** A block with everything that proves its place. Stored and sent only whole. */
export interface BlockRecord {
  readonly header: Header;
  readonly entryIds: readonly EntryId[];
  readonly justify: Certificate;
  readonly tc?: TimeoutCertificate;
}

export interface Vote {
  readonly kind: 'vote' | 'commit';
  readonly epoch: number;
  readonly view: number;
  readonly block: BlockId;
  readonly author: number;
  readonly signature: Uint8Array;
  /** On a commit: the QC that allowed it. */
  readonly qc?: Certificate;
}

export interface Timeout {
  readonly epoch: number;
  readonly view: number;
  readonly author: number;
  readonly signature: Uint8Array;
  readonly committedView: number;
  readonly highQC: Certificate;
  /** The TC of view − 1 when the sender entered the view by it. */
  readonly proof?: TimeoutCertificate;
}

export interface Proposal {
  readonly record: BlockRecord;
  /** The leader's own VOTE is the proposal signature. */
  readonly vote: Vote;
}

export interface Status {
  readonly epoch: number;
  readonly view: number;
  readonly highQC: Certificate;
  readonly highTC?: TimeoutCertificate;
  readonly lastCC?: Certificate;
  /** Newest signed message of the receiver that the sender holds. */
  readonly yourNewest?: Vote | Timeout;
  /** Set by a replica that may not sign before it has heard how far the others are. */
  readonly wantsReply?: boolean;
}

export interface Fetch {
  readonly fromDigest: BlockId;
  readonly downToHeight: number;
  readonly maxBytes: number;
}

export type ConsensusMessage =
  | { readonly type: 'proposal'; readonly proposal: Proposal }
  | { readonly type: 'vote'; readonly vote: Vote }
  | { readonly type: 'timeout'; readonly timeout: Timeout }
  | { readonly type: 'certificate'; readonly certificate: Certificate }
  | { readonly type: 'timeout-certificate'; readonly tc: TimeoutCertificate }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'fetch'; readonly fetch: Fetch }
  | { readonly type: 'blocks'; readonly records: readonly BlockRecord[] }
  | { readonly type: 'fetch-entries'; readonly ids: readonly EntryId[] }
  /** Entry bodies: an answer to fetch-entries, a submission, or a forwarded pending entry. */
  | { readonly type: 'entries'; readonly bodies: readonly Uint8Array[] };

/** A view and the block a replica spoke for in it. View 0 means: never. */
export interface Ballot {
  readonly view: number;
  readonly block: BlockId;
}

/** The newest block this replica knows to be final. */
export interface CommittedTip {
  readonly block: BlockId;
  readonly height: number;
  readonly view: number;
}

/**
 * Everything the safety rules look at and change. It is durable before any statement that depends
 * on it leaves the replica.
 */
export interface SafetyState {
  readonly epoch: number;
  readonly lastVote: Ballot;
  readonly lastCommit: Ballot;
  /** `highQC` is absent when only the view is known (taken from the guard): never sent again. */
  readonly lastTimeout: {
    readonly view: number;
    readonly highQC?: Certificate;
    readonly proof?: TimeoutCertificate;
  };
  readonly highQC: Certificate;
  readonly highTC?: TimeoutCertificate;
  readonly committed: CommittedTip;
}

/** A safety state as stored, numbered so that a lost newest record shows. */
export interface SafetyRecord {
  readonly counter: number;
  /** Once true this replica's past is unknown: it never signs in this epoch again. */
  readonly lost: boolean;
  readonly safety: SafetyState;
}

/** What the guard file beside the database remembers of the newest safety record. */
export interface SafetyGuard {
  readonly counter: number;
  readonly voteView: number;
  readonly commitView: number;
  readonly timeoutView: number;
  readonly highQcView: number;
}

/** What a replica signs, with all that its message needs. */
export type Statement =
  | {
      readonly kind: 'vote';
      readonly epoch: number;
      readonly view: number;
      readonly block: BlockId;
    }
  | {
      readonly kind: 'commit';
      readonly epoch: number;
      readonly view: number;
      readonly block: BlockId;
    }
  | {
      readonly kind: 'timeout';
      readonly epoch: number;
      readonly view: number;
      readonly highQC: Certificate;
      readonly proof?: TimeoutCertificate;
    };

/** Two signed messages that no honest key with its state makes; anyone can check them. */
export interface Equivocation {
  /**
   * E1: two VOTEs for different blocks in one view. E2: a COMMIT and a VOTE or COMMIT for a
   * different block in one view. E3: COMMIT(v) and TIMEOUT(w ≥ v) with highQcView < v.
   */
  readonly rule: 'E1' | 'E2' | 'E3';
  readonly member: number;
  readonly first: Vote;
  readonly second: Vote | Timeout;
}

/** A final block as it is stored and delivered. */
export interface CommittedBlock {
  readonly height: number;
  readonly id: BlockId;
  readonly record: BlockRecord;
  readonly entries: readonly EntryBody[];
  /** Commit certificate of this block or of a descendant. */
  readonly certificate: Certificate;
}

/** An entry's exact bytes with their id. */
export interface EntryBody {
  readonly id: EntryId;
  readonly bytes: Uint8Array;
}

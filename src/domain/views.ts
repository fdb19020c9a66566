import type { Role } from './event.js';
import type { Refusal } from './refusal.js';

/**
 * Plain JSON shapes that the API answers with and the CLI prints. Ids are lower-case hex, times are
 * Unix milliseconds. What a reader may not see is absent, never blanked.
 */

export interface NodeView {
  readonly nation: string;
  readonly nodeKid: string;
  readonly peerId: string;
  readonly addresses: readonly string[];
  readonly pid: number;
  readonly startedMs: number;
  /** Events held, of all nations. */
  readonly events: number;
  /** Positions of foreign logs whose content is withheld from this nation. */
  readonly withheld: number;
  readonly log: { readonly size: number; readonly root: string };
  readonly heads: readonly {
    readonly nation: string;
    readonly size: number;
    readonly root: string;
    readonly held: number;
    readonly withheld: number;
  }[];
  readonly peers: readonly PeerView[];
  readonly operations: readonly OperationView[];
}

export interface PeerView {
  readonly peerId: string;
  readonly nation: string | null;
  readonly state: 'admitted' | 'connecting' | 'unreachable' | 'refused';
  readonly addresses: readonly string[];
  readonly lastVerifiedMs: number | null;
}

export interface TopicView {
  readonly topic: string;
  readonly op: string;
  readonly originator: string;
  readonly label: string;
  readonly releaseSet: readonly string[];
  readonly keyEpoch: number;
  readonly subscribers: readonly string[];
}

export interface EventView {
  readonly id: string;
  readonly op: string;
  readonly nation: string;
  readonly subject: string;
  readonly author: string;
  readonly seq: number;
  readonly type: string;
  readonly role: Role;
  readonly timeMs: number;
  readonly receivedMs: number;
  readonly arrival: number;
  readonly label: string;
  readonly labelDigest: string;
  readonly sealed: boolean;
  /** `null` when this node holds no key: the content is not shown. */
  readonly content: unknown;
  readonly contentType: string;
  readonly parents: readonly {
    readonly id: string | null;
    readonly blind: string | null;
    readonly relation: string;
    readonly nation: string | null;
  }[];
  readonly leafIndex: number | null;
  readonly anchored: boolean;
  readonly precedence: string;
  readonly recordBytes: number;
}

export interface DecisionView {
  readonly nation: string;
  readonly act: string;
  readonly outcome: 'permit' | 'deny' | 'needs-human';
  readonly reasons: readonly Refusal[];
  readonly rules: readonly string[];
}

export interface ExplainView {
  readonly id: string;
  readonly kind: 'event' | 'settlement';
  /** What is the matter, in one sentence. */
  readonly state: string;
  /** Release decision per nation (events) or what is awaited (settlements). */
  readonly decisions: readonly DecisionView[];
  readonly awaiting: readonly string[];
  readonly remedy: string | null;
}

export interface OperationView {
  readonly op: string;
  readonly opId: string | null;
  readonly declaration: string;
  readonly title: string;
  readonly state: 'declared' | 'accepted' | 'active' | 'closed';
  readonly ownRole: Role | null;
  readonly participants: readonly {
    readonly nation: string;
    readonly role: Role;
    readonly accepted: boolean;
  }[];
  readonly voters: readonly string[];
  readonly n: number;
  readonly f: number;
  readonly q: number;
  /** `bft`, `cft`, or `unanimous` when fewer than four nations vote: then no lying nation is tolerated. */
  readonly quorum: 'bft' | 'cft' | 'unanimous';
  readonly epoch: number;
  readonly configDigest: string | null;
  readonly height: number;
  readonly view: number;
  readonly connectedVoters: readonly string[];
}

export interface SettlementView {
  readonly id: string;
  readonly op: string;
  readonly kind: string;
  readonly state:
    'awaiting-approval' | 'awaiting-quorum' | 'settled' | 'refused' | 'lapsed' | 'invalid';
  /** For example `awaiting GBR approval`, `awaiting quorum: 2 of 3`. */
  readonly stateText: string;
  readonly proposer: string | null;
  readonly inputs: readonly {
    readonly originator: string;
    readonly mode: string;
    readonly blind: string;
    /** Event behind the blind, when this nation may know it. */
    readonly event: string | null;
  }[];
  readonly outcome: {
    readonly originator: string;
    readonly blind: string;
    readonly event: string | null;
  } | null;
  readonly approvals: readonly { readonly nation: string; readonly kid: string }[];
  readonly awaiting: readonly string[];
  readonly refusals: readonly { readonly nation: string; readonly reason: string }[];
  readonly entryId: string | null;
  readonly height: number | null;
  readonly epoch: number | null;
  readonly view: number | null;
  readonly block: string | null;
  /** Nations whose commit votes stand in the commit certificate. */
  readonly signers: readonly string[];
  readonly settledMs: number | null;
}

export interface LogAuditView {
  readonly ok: boolean;
  readonly nations: readonly {
    readonly nation: string;
    readonly size: number;
    readonly root: string;
    readonly checkpoints: number;
    readonly held: number;
    readonly withheld: number;
  }[];
  readonly findings: readonly Refusal[];
}

export interface IngestView {
  readonly sentences: number;
  readonly reports: number;
  readonly events: readonly string[];
  readonly skipped: readonly {
    readonly line: number;
    readonly reason: string;
    readonly text: string;
  }[];
}

/** A step of a human act: sign `message` with the key `kid`, or see what came of it. */
export type ActView =
  | {
      readonly state: 'sign';
      readonly act: string;
      readonly kid: string;
      /** What the signature means, line by line, for the person who signs. */
      readonly statement: readonly string[];
      /** Bytes to sign with Ed25519, hex. */
      readonly message: string;
    }
  | { readonly state: 'done'; readonly act: string; readonly result: ActResult }
  | { readonly state: 'refused'; readonly act: string; readonly refusal: Refusal };

export interface ActResult {
  /** Events written, in order. */
  readonly events: readonly string[];
  /** Digest of a declaration, operation id or settlement id that came of it. */
  readonly declaration?: string;
  readonly opId?: string;
  readonly settlement?: string;
}

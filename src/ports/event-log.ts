import type { Verified } from '../core/identity/verified.js';
import type { AdmittedEvent } from '../domain/admitted.js';
import type { Checkpoint, LeafHeader } from '../domain/checkpoint.js';
import type { Event } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { Digest, EventId, LabelDigest, Nation, Op } from '../domain/ids.js';

/** One position of a national log: a readable leaf, or the hash of a withheld one. */
export type Leaf =
  | { readonly kind: 'event'; readonly header: LeafHeader; readonly id: EventId }
  | { readonly kind: 'withheld'; readonly index: number; readonly hash: Digest };

/** Everything that one admission writes: one atomic, synced batch. */
export interface LogBatch {
  readonly events?: readonly {
    readonly admitted: Verified<AdmittedEvent>;
    readonly receivedMs: number;
  }[];
  readonly boxes?: readonly { readonly hash: Digest; readonly box: Uint8Array }[];
  readonly labels?: readonly { readonly digest: LabelDigest; readonly bytes: Uint8Array }[];
  readonly leaves?: readonly { readonly nation: Nation; readonly leaf: Leaf }[];
  /** Builder state of a national log (peaks, class heads), as canonical bytes. */
  readonly logStates?: readonly { readonly nation: Nation; readonly state: Uint8Array }[];
  readonly checkpoints?: readonly Checkpoint[];
  /** Payloads stored before they are signed; a draft is deleted when its event is appended. */
  readonly drafts?: readonly Draft[];
}

/** A payload that a stream position is promised to: after a crash it is signed again as stored. */
export interface Draft {
  readonly subject: string;
  readonly seq: number;
  readonly payload: Uint8Array;
  readonly box?: Uint8Array;
}

export interface StoredEvent {
  readonly event: Event;
  readonly subject: string;
  /** Position in this node's order of arrival, from 0. */
  readonly arrival: number;
  readonly receivedMs: number;
  /** Position in its nation's log when that is held. */
  readonly leafIndex?: number;
}

export interface EventQuery {
  readonly nation?: Nation;
  readonly type?: EventType;
  readonly op?: Op;
  /** First arrival number to return. */
  readonly from?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** What a store throws at a row that cannot be what was written there. */
export interface StoreDamage extends Error {
  readonly code: 'STORE_DAMAGED';
  readonly table?: string;
  readonly nation?: Nation;
  /** Position of a leaf, or size of a checkpoint. */
  readonly index?: number;
}

/** The node's record of events: its own national log and what it holds of others'. */
export interface EventLog {
  /** Durable (`sync`) when the promise resolves; all or nothing. */
  append(batch: LogBatch): Promise<void>;
  event(id: EventId): Promise<StoredEvent | undefined>;
  has(id: EventId): Promise<boolean>;
  /** In order of arrival; reversed, `from` is the first arrival number going down. */
  events(query: EventQuery): AsyncIterable<StoredEvent>;
  /** Newest event of a subject's stream. */
  streamHead(subject: string): Promise<{ readonly seq: number; readonly id: EventId } | undefined>;
  streamAt(subject: string, seq: number): Promise<EventId | undefined>;
  drafts(): AsyncIterable<Draft>;
  /** Stored positions from..to−1, ascending; `to` may be Infinity. Missing ones are passed over. */
  leaves(nation: Nation, from: number, to: number): AsyncIterable<Leaf>;
  logState(nation: Nation): Promise<Uint8Array | undefined>;
  /** Newest checkpoint held of a nation's log. */
  checkpoint(nation: Nation): Promise<Checkpoint | undefined>;
  /** Ascending by log number, size and time; those below `fromSize` are passed over unread. */
  checkpoints(nation: Nation, fromSize?: number): AsyncIterable<Checkpoint>;
  nations(): Promise<readonly Nation[]>;
  box(hash: Digest): Promise<Uint8Array | undefined>;
  label(digest: LabelDigest): Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

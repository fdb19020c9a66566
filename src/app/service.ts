import type { Result } from '../base/result.js';
import type { Precedence, Relation } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { CoreId, DeclarationDigest, EventId, Nation, Op } from '../domain/ids.js';
import type { Lineage } from '../domain/lineage.js';
import type { OperationDeclaration } from '../domain/operation.js';
import type { Refusal } from '../domain/refusal.js';
import type { SettlementKind } from '../domain/settlement.js';
import type { Clearance, CredentialKind } from '../domain/credential.js';
import type {
  ActResult,
  EventView,
  ExplainView,
  IngestView,
  LogAuditView,
  NodeView,
  OperationView,
  PeerView,
  SettlementView,
  TopicView,
} from '../domain/views.js';
import type { Signer } from '../ports/signer.js';

/** A label as people give it: a marking of the mission policy (`MISSION SECRET REL TO AUS, GBR`) or `OPEN`. */
export type LabelText = string;

/** Content to publish under the node's own key. */
export interface EmitRequest {
  /** Operation, or absent when the node takes part in exactly one active operation. */
  readonly op?: Op;
  readonly type: EventType;
  readonly label: LabelText;
  /** Structured content of the type (see the sealed bodies), or plain text with its media type. */
  readonly content: ContentInput;
  readonly parents?: readonly { readonly id: EventId; readonly relation: Relation }[];
  readonly precedence?: Precedence;
  readonly notAfterMs?: number;
}

export type ContentInput =
  | { readonly kind: 'text'; readonly text: string; readonly contentType?: string }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> };

export interface IngestRequest {
  readonly format: 'ais' | 'cot';
  readonly text: string;
  readonly label: LabelText;
  readonly op?: Op;
  /** Set when the feed is a non-adopter's: events become attested-for with these facts. */
  readonly attestedFor?: {
    readonly partner: Nation;
    readonly channel: string;
    readonly authority: string;
  };
}

/**
 * Human acts. Each needs the signature of an authority key that a person unlocked for this act; the
 * node never holds that key.
 */
export type ActRequest =
  | { readonly act: 'publish-credential'; readonly credential: Uint8Array }
  | { readonly act: 'trust'; readonly root: Uint8Array; readonly entry: TrustInput }
  | { readonly act: 'untrust'; readonly nation: Nation }
  | {
      readonly act: 'declare';
      readonly declaration: OperationDeclaration;
      readonly label: LabelText;
    }
  | { readonly act: 'accept'; readonly declaration: DeclarationDigest }
  | { readonly act: 'emit'; readonly event: EmitRequest }
  | {
      readonly act: 'consent';
      readonly op?: Op;
      readonly event: EventId;
      readonly requester: Nation;
      readonly recipients: readonly Nation[];
      readonly purpose: string;
      readonly maxLabel: LabelText;
      readonly label: LabelText;
    }
  | ProposeRequest
  | { readonly act: 'approve'; readonly settlement: CoreId }
  | { readonly act: 'refuse'; readonly settlement: CoreId; readonly reason: string };

export interface TrustInput {
  readonly coi: readonly string[];
  readonly kinds: readonly CredentialKind[];
  readonly clearance: Clearance;
  readonly notBefore: number;
  readonly expires: number;
}

/** Proposes a settlement: writes the outcome event and its openings, then shows the core to all members. */
export interface ProposeRequest {
  readonly act: 'propose';
  readonly op?: Op;
  readonly kind: SettlementKind;
  readonly inputs: readonly { readonly event: EventId; readonly mode: 'cites' | 'consumes' }[];
  /** Label of the outcome event. */
  readonly label: LabelText;
  /** Why: the reason of a decision, the task of a tasking. */
  readonly reason: string;
  /** Decisions: declared pathway, run (16 bytes hex) and step whose slot this consumes. */
  readonly pathway?: DeclarationDigest;
  readonly run?: string;
  readonly step?: string;
  /** Taskings: the asset tasked. */
  readonly asset?: string;
  /** Blocks after the current height until the entry lapses. */
  readonly expiresInHeights?: number;
}

/** What a node does for its nation. The API, and through it the CLI, call only this. */
export interface NodeService {
  status(): Promise<NodeView>;
  peers(): readonly PeerView[];
  addPeer(address: string): Promise<Result<null, Refusal>>;
  topics(): readonly TopicView[];

  emit(request: EmitRequest): Promise<Result<EventView, Refusal>>;
  ingest(request: IngestRequest): Promise<Result<IngestView, Refusal>>;
  event(id: EventId): Promise<EventView | undefined>;
  /** Why this node shows no such event: unknown, or among what others withhold from this nation. */
  absence(id: string): Refusal;
  events(query: {
    readonly nation?: Nation;
    readonly type?: EventType;
    readonly op?: Op;
    readonly from?: number;
    readonly limit?: number;
  }): Promise<readonly EventView[]>;
  /** Why an event is (not) released to whom, or what a settlement awaits. */
  explain(id: string, nation?: Nation): Promise<ExplainView | undefined>;

  operations(): readonly OperationView[];
  settlements(op?: Op): Promise<readonly SettlementView[]>;
  settlement(id: CoreId): Promise<SettlementView | undefined>;
  /** One-file proof of a settled entry, for offline verification. */
  settlementBundle(id: CoreId): Promise<Uint8Array | undefined>;
  lineage(id: string): Promise<Lineage | undefined>;

  auditLog(): Promise<LogAuditView>;

  /** Performs a human act; `signer` asks the person's key for each signature. */
  act(request: ActRequest, signer: ActSigner): Promise<Result<ActResult, Refusal>>;
}

/** An authority key in a person's hand: told what it signs, line by line. */
export interface ActSigner {
  readonly kid: Signer['kid'];
  sign(message: Uint8Array, statement: readonly string[]): Promise<Uint8Array>;
}

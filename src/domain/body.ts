import type {
  Blind,
  BlockId,
  CoreId,
  DeclarationDigest,
  Digest,
  EntryId,
  EventId,
  LabelDigest,
  Nation,
} from './ids.js';

/**
 * What the sealed or inline body of an event says, per type. Integers only: positions in units of
 * 1e-7 degree, speeds in thousandths of a knot, courses in thousandths of a degree, times in Unix
 * milliseconds.
 */

/** What is behind a blind: `blind = SHA-256("entente:commit:1" ‖ salt ‖ event)`. */
export interface Opening {
  readonly blind: Blind;
  readonly event: EventId;
  readonly salt: Uint8Array;
}

export interface TextContent {
  readonly type: 'intelligence-product' | 'labelled-message' | 'assessment';
  readonly text: string;
  /** Media type of the text. */
  readonly contentType: string;
}

/** One position or static report of a track. */
export interface TrackReport {
  readonly timeMs?: number;
  readonly lat1e7?: number;
  readonly lon1e7?: number;
  readonly speedMilliKnots?: number;
  readonly courseMilliDeg?: number;
  /** AIS message type as a number in text, or the CoT type. */
  readonly reportType: string;
  /** The lines or the XML the report was read from. */
  readonly raw: readonly string[];
}

/** Reports of one object from one feed. */
export interface TrackBody {
  readonly source: 'ais' | 'cot';
  /** MMSI or CoT uid. */
  readonly object: string;
  readonly name?: string;
  readonly reports: readonly TrackReport[];
}

export interface TrackContent extends TrackBody {
  readonly type: 'track' | 'observation';
}

export interface ContributionContent {
  readonly type: 'contribution';
  readonly text: string;
  readonly asset?: string;
  /** What is offered of the asset, and for what. */
  readonly offers?: string;
  /** Salt under which the offered right is consumed: the same right always gives the same blind. */
  readonly slotSalt: Uint8Array;
}

export interface DecisionContent {
  readonly type: 'decision-record';
  readonly pathway: DeclarationDigest | null;
  /** 16 random bytes that the lead opened the run with. */
  readonly run: Uint8Array;
  readonly step: string;
  readonly reason: string;
  readonly outcomeSalt: Uint8Array;
  readonly openings: readonly Opening[];
}

export interface TaskingContent {
  readonly type: 'tasking';
  readonly asset: string;
  readonly task: string;
  readonly outcomeSalt: Uint8Array;
  readonly openings: readonly Opening[];
}

export interface ApprovalContent {
  readonly type: 'approval';
  readonly coreId: CoreId;
  /** Bitmap of the inputs that the approver opened. */
  readonly opened: number;
  readonly signature: Uint8Array;
}

export interface RefusalContent {
  readonly type: 'refusal';
  readonly coreId: CoreId;
  readonly reason: string;
}

export interface OpeningContent {
  readonly type: 'opening';
  readonly openings: readonly Opening[];
}

export interface SettledContent {
  readonly type: 'settled-record';
  readonly coreId: CoreId;
  readonly epoch: number;
  readonly height: number;
  readonly entryId: EntryId;
  readonly block: BlockId;
}

export interface ReceiptContent {
  readonly type: 'consumption-receipt';
  readonly event: EventId;
  /** Rules of the release decision under which it was opened. */
  readonly rules: readonly string[];
  readonly timeMs: number;
}

/** An originator lets a derivative of one event go further, to whom and under which label at most. */
export interface ConsentContent {
  readonly type: 'originator-consent';
  readonly source: EventId;
  readonly sourceLabel: LabelDigest;
  readonly requester: Nation;
  readonly maxLabel: Uint8Array;
  readonly recipients: readonly Nation[];
  readonly purpose: string;
  readonly notAfterMs: number | null;
  readonly nonce: Uint8Array;
}

/** Bytes received from a partner without a node: received, not authored. */
export interface AttestedContent {
  readonly type: 'attested-for';
  readonly partner: Nation;
  readonly channel: string;
  readonly authority: string;
  /** SHA-256 of the original bytes. */
  readonly originalHash: Digest;
  readonly original: Uint8Array;
  readonly track?: TrackBody;
}

export type BodyContent =
  | TextContent
  | TrackContent
  | ContributionContent
  | DecisionContent
  | TaskingContent
  | ApprovalContent
  | RefusalContent
  | OpeningContent
  | SettledContent
  | ReceiptContent
  | ConsentContent
  | AttestedContent;

export type BodyType = BodyContent['type'];
/** The contents that an event of one of these types has. */
export type BodyOf<T extends BodyType> = BodyContent & { readonly type: T };

import type {
  Blind,
  ConfigDigest,
  CredentialDigest,
  Digest,
  EventId,
  Kid,
  LabelDigest,
  Nation,
  Op,
  ReleaseKeyId,
} from './ids.js';
import type { EventType } from './event-types.js';

/** Role of a nation in an operation. */
export type Role = 'lead' | 'supporting' | 'observing';
export const ROLES = ['lead', 'supporting', 'observing'] as const satisfies readonly Role[];

export type TimeSource = 'unknown' | 'gnss' | 'ntp' | 'ptp' | 'manual' | 'holdover';
export const TIME_SOURCES = [
  'unknown',
  'gnss',
  'ntp',
  'ptp',
  'manual',
  'holdover',
] as const satisfies readonly TimeSource[];

/** A clock reading: Unix milliseconds, half width of the uncertainty in milliseconds, its source. */
export interface SignedTime {
  readonly ms: number;
  readonly uncertaintyMs: number;
  readonly source: TimeSource;
}

/** Relations of an event to a parent, in wire order 0..11. */
export const RELATIONS = [
  'derived-from',
  'supports',
  'supersedes',
  'corrects',
  'releases',
  'handoff',
  'acknowledges',
  'attests',
  'receipt',
  'attested-for',
  'withdraws',
  'disputes',
] as const;
export type Relation = (typeof RELATIONS)[number];
/** Relations that change or take back what the parent says: its own nation's right, in the clear. */
export const OWN_RELATIONS: readonly Relation[] = ['supersedes', 'corrects', 'withdraws'];

export type Parent =
  | {
      readonly form: 'clear';
      readonly id: EventId;
      readonly relation: Relation;
      readonly role: Role;
      readonly nation: Nation;
      readonly label: LabelDigest;
    }
  | {
      readonly form: 'blinded';
      readonly blind: Blind;
      readonly relation: Relation;
      readonly nation: Nation | null;
    };

/** Inline only under the open label; everything else is sealed, with its box beside the event. */
export type Body =
  | { readonly form: 'inline'; readonly bytes: Uint8Array; readonly contentType: string }
  | {
      readonly form: 'sealed';
      /** SHA-256("entente:commit:1" ‖ salt ‖ plaintext). */
      readonly commitment: Digest;
      /** SHA-256 of the box. */
      readonly boxHash: Digest;
      readonly contentType: string;
      /** Size in bytes of the padded inner. */
      readonly bucket: number;
      /** Absent only in a key-grant. */
      readonly releaseKey?: ReleaseKeyId;
    };

export const PRECEDENCES = ['routine', 'priority', 'immediate', 'flash'] as const;
export type Precedence = (typeof PRECEDENCES)[number];

/** HPKE wraps of one secret for its recipients (scope 0 a release key, scope 1 one content key). */
export interface KeyGrant {
  readonly scope: 'release-key' | 'content-key';
  /** Release key id (scope 0) or id of the released event (scope 1), 32 bytes. */
  readonly target: Digest;
  readonly wraps: readonly { readonly enc: Uint8Array; readonly wrapped: Uint8Array }[];
  /** Scope 0 only: key epoch and validity in Unix milliseconds. */
  readonly validity?: {
    readonly keyEpoch: number;
    readonly notBeforeMs: number;
    readonly notAfterMs: number;
  };
  /** 0x0020 = DHKEM(X25519, HKDF-SHA256), RFC 9180. */
  readonly kem: number;
}

export interface Head {
  readonly kid: Kid;
  readonly seq: number;
  readonly id: EventId;
}

/** The signed payload of an event: all fields of version 1. */
export interface EventPayload {
  readonly op: Op;
  readonly nation: Nation;
  readonly author: Kid;
  /** Position in the subject's stream over all operations, from 0. */
  readonly seq: number;
  /** Id of seq − 1; null only at seq 0. */
  readonly prev: EventId | null;
  readonly time: SignedTime;
  readonly type: EventType;
  readonly role: Role;
  readonly label: { readonly digest: LabelDigest; readonly bytes?: Uint8Array };
  readonly body: Body;
  readonly parents: readonly Parent[];
  readonly credential: CredentialDigest;
  readonly heads?: readonly Head[];
  readonly epoch: { readonly number: number; readonly config: ConfigDigest };
  readonly proximity?: readonly Digest[];
  readonly precedence: Precedence;
  /** Content may be dropped after this time (Unix ms). The event itself stays. */
  readonly notAfterMs?: number;
  readonly grant?: KeyGrant;
}

/** A decoded event: its id, its exact bytes (the record) and its payload. Not yet verified. */
export interface Event {
  readonly id: EventId;
  /** The exact COSE_Sign1 bytes. */
  readonly record: Uint8Array;
  /** The exact payload bytes inside. */
  readonly payloadBytes: Uint8Array;
  /** Signature input (Sig_structure). */
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: EventPayload;
}

import type { Refusal } from './refusal.js';
import type { Credential } from './credential.js';
import type { Group } from './operation.js';
import type { Label } from './label.js';
import type { EventId, Nation } from './ids.js';

/** What a party would do with an item. */
export type Act = 'receive' | 'relay' | 'display' | 'derive' | 'forward';

export const REASON_CODES = [
  'POLICY',
  'CLASS',
  'PERMISSIVE',
  'RESTRICTIVE',
  'NO_RELEASE',
  'OWNER_ONLY',
  'NOFORN',
  'ORCON',
  'ARRANGEMENT',
  'EXPORT',
  'LABEL_INVALID',
  'LABEL_UNKNOWN',
  'UNKNOWN_TAG',
  'CRED',
  'STALE',
  'OBLIGATION',
  'RULE_ERROR',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export type Reason = Refusal<ReasonCode> & { readonly tag?: string };

/** Unix milliseconds until which a decision may be reused; Infinity when no dated input bounds it. */
export type ValidUntil = number;

export type Decision =
  | {
      readonly outcome: 'permit';
      readonly obligations: readonly string[];
      readonly rules: readonly string[];
      readonly validUntil: ValidUntil;
    }
  | {
      readonly outcome: 'deny';
      readonly reasons: readonly [Reason, ...Reason[]];
      readonly validUntil: ValidUntil;
    }
  | {
      readonly outcome: 'needs-human';
      readonly official: string;
      readonly questions: readonly [Reason, ...Reason[]];
      readonly validUntil: ValidUntil;
    };

/** One tag of a policy: its type, the values it knows, and what its absence means. */
export interface PolicyTag {
  readonly name: string;
  readonly uri: string | null;
  readonly type: 'permissive' | 'restrictive' | 'informative';
  /** Closed list of values; null means any ISO 3166-1 alpha-3 nation. */
  readonly values: readonly string[] | null;
  /** Any nation besides the listed values. */
  readonly orNation?: true;
  /** `owner-only`: absent means the owner's own parties alone. */
  readonly absent: 'owner-only' | 'no-effect';
  readonly required: boolean;
  readonly single: boolean;
}

/** A label policy: ordered classifications and tags. Data, never code. */
export interface LabelPolicy {
  readonly name: string;
  readonly uri: string;
  /** In ascending order of hierarchy. */
  readonly classifications: readonly { readonly name: string; readonly hierarchy: number }[];
  readonly tags: readonly PolicyTag[];
}

/** An originator's consent (0x67) that lets a named nation use one event beyond its label. */
export interface ConsentFact {
  readonly item: EventId;
  readonly originator: Nation;
  readonly requester: Nation;
  readonly notAfterMs: number;
}

/** What the status lists say of a credential; anything but `current` denies. */
export type CredentialStatus = 'current' | 'suspended' | 'revoked' | 'stale';

/** Everything a decision looks at. Time is an argument. */
export interface DecisionInput {
  readonly act: Act;
  readonly label: Label;
  /** The party's newest verified node credential, or null when none is held. */
  readonly party: Credential | null;
  /** Absent means `current`. */
  readonly partyStatus?: CredentialStatus;
  readonly originator: Nation;
  readonly policies: ReadonlyMap<string, LabelPolicy>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Nations a release grant (0x65) of the originator adds for this one event. */
  readonly grantedTo: readonly Nation[];
  /** Consents held for this item: they answer originator control, and nothing else. */
  readonly consents?: readonly ConsentFact[];
  readonly item: EventId | null;
  readonly nowMs: number;
}

import type { CredentialKind } from './credential.js';
import type { EventType } from './event-types.js';
import type { Precedence, Relation, Role } from './event.js';
import type { SettlementKind } from './settlement.js';

/**
 * Plain JSON bodies that the API accepts and the CLI sends. Ids and bytes are lower-case hex, nations
 * ISO 3166-1 alpha-3, times Unix milliseconds unless the name says otherwise. Unknown keys are refused.
 */

/** STANAG 4774 clearance: per policy its classifications and the values of each tag. */
export type ClearanceBody = Readonly<
  Record<
    string,
    {
      readonly classifications: readonly string[];
      readonly tags: Readonly<Record<string, readonly string[]>>;
    }
  >
>;

export interface EmitBody {
  readonly op?: string;
  readonly type: EventType;
  readonly label: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string; readonly contentType?: string }
    | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, unknown>> };
  readonly parents?: readonly { readonly id: string; readonly relation: Relation }[];
  readonly precedence?: Precedence;
  readonly notAfterMs?: number;
}

export interface TrustEntryBody {
  readonly coi: readonly string[];
  readonly kinds: readonly CredentialKind[];
  readonly clearance: ClearanceBody;
  /** Unix seconds. */
  readonly notBefore: number;
  /** Unix seconds. */
  readonly expires: number;
}

export interface ParticipantBody {
  readonly nation: string;
  readonly role: Role;
  readonly roots: readonly string[];
  readonly authorities: readonly {
    readonly kid: string;
    readonly publicKey: string;
    readonly credential: string;
    readonly domains: readonly string[];
  }[];
  readonly replica?: { readonly consensusKey: string; readonly credential: string };
}

export interface ApprovalNeedBody {
  readonly of:
    { readonly nation: string } | { readonly part: 'lead' | 'outcome-originator' | 'subject' };
  readonly domain: string;
}

export interface DeclarationBody {
  readonly title: string;
  readonly purposeLabel: string;
  readonly participants: readonly ParticipantBody[];
  readonly quorumProfile: 'bft' | 'cft';
  readonly authorityMap: readonly {
    readonly kind: SettlementKind;
    readonly needs: readonly ApprovalNeedBody[];
  }[];
  readonly rulesVersion: number;
  readonly pinned: readonly string[];
  readonly nonce: string;
}

export interface ProposeBody {
  readonly act: 'propose';
  readonly op?: string;
  readonly kind: SettlementKind;
  readonly inputs: readonly { readonly event: string; readonly mode: 'cites' | 'consumes' }[];
  readonly label: string;
  readonly reason: string;
  readonly pathway?: string;
  readonly run?: string;
  readonly step?: string;
  readonly asset?: string;
  readonly expiresInHeights?: number;
}

/** A human act as it travels: the same acts that a node performs, in plain JSON. */
export type ActBody =
  | { readonly act: 'publish-credential'; readonly credential: string }
  | { readonly act: 'trust'; readonly root: string; readonly entry: TrustEntryBody }
  | { readonly act: 'untrust'; readonly nation: string }
  | { readonly act: 'declare'; readonly declaration: DeclarationBody; readonly label: string }
  | { readonly act: 'accept'; readonly declaration: string }
  | { readonly act: 'emit'; readonly event: EmitBody }
  | {
      readonly act: 'consent';
      readonly op?: string;
      readonly event: string;
      readonly requester: string;
      readonly recipients: readonly string[];
      readonly purpose: string;
      readonly maxLabel: string;
      readonly label: string;
    }
  | ProposeBody
  | { readonly act: 'approve'; readonly settlement: string }
  | { readonly act: 'refuse'; readonly settlement: string; readonly reason: string };

/** Opens the conversation of an act: what is asked, and which authority key will sign. */
export interface StartActBody {
  readonly request: ActBody;
  readonly kid: string;
}

/** A refusal over HTTP: problem details (RFC 9457) that carry the refusal's parts. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field: string;
  readonly rule: string;
  readonly authority: string;
  readonly remedy: string;
}

import type { Role } from './event.js';
import type { CredentialDigest, DeclarationDigest, Kid, Nation, OpId } from './ids.js';
import type { SettlementKind } from './settlement.js';

/** An authority credential that an operation recognises, as its nation accepted it. */
export interface AuthorityRecord {
  readonly kid: Kid;
  readonly publicKey: Uint8Array;
  readonly credential: CredentialDigest;
  readonly domains: readonly string[];
}

/** One participant of an operation. Voters (lead, supporting) name their replica. */
export interface Participant {
  readonly nation: Nation;
  readonly role: Role;
  readonly roots: readonly Kid[];
  readonly authorities: readonly AuthorityRecord[];
  readonly replica?: { readonly consensusKey: Uint8Array; readonly credential: CredentialDigest };
}

/** One approval that a kind of settlement asks for: of a nation, or of whoever has the part in the act. */
export interface ApprovalNeed {
  readonly of:
    { readonly nation: Nation } | { readonly part: 'lead' | 'outcome-originator' | 'subject' };
  /** Authority domain the approving credential must hold. */
  readonly domain: string;
}

export type AuthorityMap = ReadonlyMap<SettlementKind, readonly ApprovalNeed[]>;

/** A group of nations with dates: FVEY, AUKUS, NATO, a mission. */
export interface Group {
  readonly name: string;
  readonly members: readonly {
    readonly nation: Nation;
    /** RFC 3339 instants; `until` absent means still a member. */
    readonly from: string;
    readonly until?: string;
  }[];
}

/**
 * An operation declaration (0x30): what the operation is, who takes part in which role, who votes,
 * whose approvals each kind of settlement needs, and what it runs under.
 */
export interface OperationDeclaration {
  readonly title: string;
  /** Label of settled records and other acts of the whole operation, as compact label bytes. */
  readonly purposeLabel: Uint8Array;
  readonly participants: readonly Participant[];
  /** `bft`: q = n − f; below four voters this means unanimous, and screens say so. `cft`: 2 of 3. */
  readonly quorumProfile: 'bft' | 'cft';
  readonly authorityMap: AuthorityMap;
  readonly rulesVersion: number;
  /** Digests of pathways, frameworks, arrangements, packs and label policy in force. */
  readonly pinned: readonly DeclarationDigest[];
  /** Random; two declarations with equal fields are still two operations. */
  readonly nonce: Uint8Array;
}

/** A voting member of a genesis or an epoch, sorted by nation. */
export interface Member {
  readonly nation: Nation;
  readonly consensusKey: Uint8Array;
  readonly credentialDigest: CredentialDigest;
}

export interface Genesis {
  readonly rulesVersion: number;
  readonly members: readonly Member[];
  readonly quorumProfile: 'bft' | 'cft';
  readonly policyDigest: DeclarationDigest;
}

/** An acceptance (0x31): an authority's signature of kind 7 over the operation id. */
export interface Acceptance {
  readonly declaration: DeclarationDigest;
  readonly opId: OpId;
  readonly nation: Nation;
  readonly kid: Kid;
  readonly signature: Uint8Array;
}

/** The settled configuration: the fold of committed entries that events name by epoch and digest. */
export interface Configuration {
  readonly epoch: number;
  readonly participants: readonly Participant[];
  readonly revocations: readonly { readonly kid: Kid; readonly lastGoodSeq: number }[];
  readonly pinned: readonly DeclarationDigest[];
  readonly authorityMap: AuthorityMap;
  readonly declaration: DeclarationDigest;
}

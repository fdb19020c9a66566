import type { CredentialDigest, Kid, Nation } from './ids.js';
import type { Role } from './event.js';

/** Kinds of credentials, in wire order 0..8. */
export const CREDENTIAL_KINDS = [
  'root',
  'authority',
  'node',
  'platform',
  'unit',
  'person',
  'release',
  'witness',
  'replica',
] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

/** STANAG 4774 ConfidentialityClearance: per policy a list of classifications (not a ceiling) and tag values. */
export type Clearance = ReadonlyMap<
  string,
  {
    readonly classifications: readonly string[];
    readonly tags: ReadonlyMap<string, readonly string[]>;
  }
>;

export interface Delegation {
  readonly depth: number;
  readonly kinds: readonly CredentialKind[];
  readonly coi: readonly string[];
  readonly roles: readonly Role[];
  readonly clearance: Clearance;
  readonly domains: readonly string[];
}

/** A credential's claims (CWT, RFC 8392, with a `cnf` key, RFC 8747). Times in Unix seconds. */
export interface Credential {
  readonly digest: CredentialDigest;
  /** The exact COSE_Sign1 bytes. */
  readonly bytes: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly issuerKid: Kid;
  readonly issuer: Nation;
  /** For example `GBR/platform/HMS-X`: nation, kind, name. Stable over key changes. */
  readonly subject: string;
  readonly expires: number;
  readonly notBefore: number;
  readonly issuedAt: number;
  readonly tokenId: Uint8Array;
  /** Raw Ed25519 public key, 32 bytes, and its thumbprint. */
  readonly publicKey: Uint8Array;
  readonly kid: Kid;
  readonly kind: CredentialKind;
  readonly nationality: readonly Nation[];
  readonly clearance: Clearance;
  /** Communities of interest this subject belongs to: AUKUS, FVEY, NATO … sorted. */
  readonly coi: readonly string[];
  readonly domains: readonly string[];
  readonly roles: readonly Role[];
  readonly delegate?: Delegation;
  readonly platformClass?: number;
  readonly status: { readonly list: Uint8Array; readonly index: number };
  /** Raw Ed25519 public key of the libp2p transport. */
  readonly transportKey?: Uint8Array;
  readonly hpkeKey?: {
    readonly kem: number;
    readonly publicKey: Uint8Array;
    readonly notAfter: number;
  };
  readonly attributes?: ReadonlyMap<string, readonly string[]>;
}

/** One line of a nation's own trust list: whom it trusts for what. Never transitive. */
export interface TrustEntry {
  readonly nation: Nation;
  readonly roots: readonly Kid[];
  /** Communities this nation may assert. */
  readonly coi: readonly string[];
  readonly kinds: readonly CredentialKind[];
  readonly clearance: Clearance;
  readonly notBefore: number;
  readonly expires: number;
}

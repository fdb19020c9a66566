import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Credential, CredentialKind, Delegation } from '../credential.js';
import { CREDENTIAL_KINDS } from '../credential.js';
import { ROLES } from '../event.js';
import type { CredentialDigest, Kid } from '../ids.js';
import { LIMITS } from '../limits.js';
import { TAGS } from '../tags.js';
import { clearanceFrom, clearanceToCbor, sortedTextsFrom, textsFrom } from './clearance.js';
import type { Sign1Refusal } from './cose.js';
import { decodeSign1, encodeSign1, protectedHeader, sigStructure, thumbprint } from './cose.js';
import type { Cbor } from './dcbor.js';
import { cborMap, decodeCbor, encodeCbor } from './dcbor.js';
import { nationFrom } from './event-body.js';
import { hashHex } from './hash.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';

/** Media type of a credential in its COSE protected header (a CWT, RFC 8392). */
export const CREDENTIAL_TYP = 'application/x-entente-cred+cwt';
const CLAIM_PROFILE = -70001;
const CLAIMS = [1, 2, 4, 5, 6, 7, 8, CLAIM_PROFILE];
const PROFILE_KEYS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12];

/** What an issuer states: a credential before it is signed. */
export type CredentialClaims = Omit<
  Credential,
  'digest' | 'bytes' | 'tbs' | 'signature' | 'issuerKid' | 'kid'
>;

export interface CredentialRefusal {
  readonly code: Sign1Refusal | 'SCHEMA';
  readonly field: string;
  readonly rule: string;
}

function delegateToCbor(d: Delegation): Cbor {
  return cborMap(
    [0, d.depth],
    [1, d.kinds.map((kind) => CREDENTIAL_KINDS.indexOf(kind))],
    [2, d.coi],
    [3, d.roles.map((role) => ROLES.indexOf(role))],
    [4, clearanceToCbor(d.clearance)],
    [5, d.domains],
  );
}

function profileToCbor(c: CredentialClaims): Cbor {
  return cborMap(
    [0, CREDENTIAL_KINDS.indexOf(c.kind)],
    [1, c.nationality],
    [2, clearanceToCbor(c.clearance)],
    [3, c.coi],
    [4, c.domains],
    [5, c.roles.map((role) => ROLES.indexOf(role))],
    [6, c.delegate && delegateToCbor(c.delegate)],
    [7, c.platformClass],
    [8, [c.status.list, c.status.index]],
    [9, c.transportKey],
    [10, c.hpkeKey && [c.hpkeKey.kem, c.hpkeKey.publicKey, c.hpkeKey.notAfter]],
    [12, c.attributes && new Map([...c.attributes])],
  );
}

/** Canonical payload bytes of a credential's claims. */
export function encodeClaims(c: CredentialClaims): Uint8Array {
  return encodeCbor(
    cborMap(
      [1, c.issuer],
      [2, c.subject],
      [4, c.expires],
      [5, c.notBefore],
      [6, c.issuedAt],
      [7, c.tokenId],
      [8, cborMap([1, cborMap([1, 1], [-1, 6], [-2, c.publicKey])])],
      [CLAIM_PROFILE, profileToCbor(c)],
    ),
  );
}

/** What the issuer signs. */
export function credentialTbs(issuer: Kid, claims: Uint8Array): Uint8Array {
  return sigStructure(protectedHeader(issuer, CREDENTIAL_TYP), TAGS.credential, claims);
}

export function assembleCredential(
  issuer: Kid,
  claims: Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return encodeSign1(protectedHeader(issuer, CREDENTIAL_TYP), claims, signature);
}

export function credentialDigest(bytes: Uint8Array): CredentialDigest {
  return hashHex(bytes) as CredentialDigest;
}

function namedList<T extends string>(
  value: Cbor | undefined,
  field: string,
  names: readonly T[],
): readonly T[] {
  return asArray(value, field, names.length).map((item) => asNamed(item, field, names));
}

function delegateFrom(value: Cbor): Delegation {
  const map = asMap(value, 'delegate');
  onlyKeys(map, 'delegate', [0, 1, 2, 3, 4, 5]);
  return {
    depth: asUint(map.get(0), 'delegate.depth', LIMITS.chainDepthMax),
    kinds: namedList<CredentialKind>(map.get(1), 'delegate.kinds', CREDENTIAL_KINDS),
    coi: sortedTextsFrom(map.get(2), 'delegate.coi'),
    roles: namedList(map.get(3), 'delegate.roles', ROLES),
    clearance: clearanceFrom(map.get(4), 'delegate.clearance'),
    domains: sortedTextsFrom(map.get(5), 'delegate.domains'),
  };
}

function hpkeFrom(value: Cbor): NonNullable<Credential['hpkeKey']> {
  const [kem, publicKey, notAfter] = asTuple(value, 'hpke', 3);
  return {
    kem: asUint(kem, 'hpke.kem', 0xffff),
    publicKey: asBytes(publicKey, 'hpke.public', 32),
    notAfter: asUint(notAfter, 'hpke.notAfter'),
  };
}

function attributesFrom(value: Cbor): ReadonlyMap<string, readonly string[]> {
  const out = new Map<string, readonly string[]>();
  for (const [key, list] of asMap(value, 'attributes')) {
    if (typeof key !== 'string') throw new SchemaError('attributes', 'has text keys');
    out.set(key, textsFrom(list, `attributes.${key}`));
  }
  return out;
}

type Profile = Pick<
  CredentialClaims,
  'kind' | 'nationality' | 'clearance' | 'coi' | 'domains' | 'roles' | 'status'
> &
  Partial<CredentialClaims>;

function profileFrom(value: Cbor | undefined): Profile {
  const map = asMap(value, 'profile');
  onlyKeys(map, 'profile', PROFILE_KEYS);
  const [list, index] = asTuple(map.get(8), 'status', 2);
  const [delegate, platformClass, transportKey, hpke, attributes] = [6, 7, 9, 10, 12].map((key) =>
    map.get(key),
  );
  return {
    kind: asNamed<CredentialKind>(map.get(0), 'kind', CREDENTIAL_KINDS),
    nationality: asArray(map.get(1), 'nationality', 8).map((item) =>
      nationFrom(item, 'nationality'),
    ),
    clearance: clearanceFrom(map.get(2), 'clearance'),
    coi: sortedTextsFrom(map.get(3), 'coi'),
    domains: sortedTextsFrom(map.get(4), 'domains'),
    roles: namedList(map.get(5), 'roles', ROLES),
    status: { list: asBytes(list, 'status.list', 8), index: asUint(index, 'status.index') },
    ...(delegate === undefined ? {} : { delegate: delegateFrom(delegate) }),
    ...(platformClass === undefined
      ? {}
      : { platformClass: asUint(platformClass, 'platformClass') }),
    ...(transportKey === undefined
      ? {}
      : { transportKey: asBytes(transportKey, 'transportKey', 32) }),
    ...(hpke === undefined ? {} : { hpkeKey: hpkeFrom(hpke) }),
    ...(attributes === undefined ? {} : { attributes: attributesFrom(attributes) }),
  };
}

function publicKeyFrom(value: Cbor | undefined): Uint8Array {
  const cnf = asMap(value, 'cnf');
  onlyKeys(cnf, 'cnf', [1]);
  const key = asMap(cnf.get(1), 'cnf.key');
  onlyKeys(key, 'cnf.key', [1, -1, -2]);
  if (key.get(1) !== 1 || key.get(-1) !== 6) throw new SchemaError('cnf.key', 'is an Ed25519 key');
  return asBytes(key.get(-2), 'cnf.key.x', 32);
}

/** The form of a subject: nation, kind, name. */
const SUBJECT_FORM = /^[A-Z]{3}\/[a-z]+\/[A-Za-z0-9._-]{1,64}$/;

function claimsFrom(value: Cbor): CredentialClaims {
  const map = asMap(value, 'claims');
  onlyKeys(map, 'claims', CLAIMS);
  const issuer = nationFrom(map.get(1), 'iss');
  const subject = asText(map.get(2), 'sub', 80);
  const profile = profileFrom(map.get(CLAIM_PROFILE));
  if (!SUBJECT_FORM.test(subject) || !subject.startsWith(`${issuer}/${profile.kind}/`)) {
    throw new SchemaError('sub', `has the form ${issuer}/${profile.kind}/NAME`);
  }
  return {
    issuer,
    subject,
    expires: asUint(map.get(4), 'exp'),
    notBefore: asUint(map.get(5), 'nbf'),
    issuedAt: asUint(map.get(6), 'iat'),
    tokenId: asBytes(map.get(7), 'cti', 16),
    publicKey: publicKeyFrom(map.get(8)),
    ...profile,
  };
}

/** Strict decode. Nothing is verified: see core/identity. */
export function decodeCredential(bytes: Uint8Array): Result<Credential, CredentialRefusal> {
  if (bytes.length > LIMITS.credentialBytesMax) {
    const rule = `is at most ${String(LIMITS.credentialBytesMax)} bytes`;
    return err({ code: 'MALFORMED', field: 'credential', rule });
  }
  const outer = decodeSign1(bytes, CREDENTIAL_TYP);
  if (!outer.ok) {
    const rule = 'is a canonical COSE_Sign1 credential';
    return err({ code: outer.error, field: 'credential', rule });
  }
  const { kid: issuerKid, payload, protectedBytes, signature } = outer.value;
  const decoded = decodeCbor(payload);
  if (!decoded.ok) {
    return err({ code: decoded.error, field: 'claims', rule: 'is canonical CBOR' });
  }
  try {
    const claims = claimsFrom(decoded.value);
    return ok({
      ...claims,
      digest: credentialDigest(bytes),
      bytes,
      tbs: sigStructure(protectedBytes, TAGS.credential, payload),
      signature,
      issuerKid,
      kid: thumbprint(claims.publicKey),
    });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return err({ code: 'SCHEMA', field: error.field, rule: error.rule });
  }
}

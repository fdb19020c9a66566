import { createHash } from 'node:crypto';
import { createVerifier, keyPairOf } from '../../src/adapters/keys/index.js';
import { privateKeyObject } from '../../src/adapters/keys/key-pair.js';
import { sign } from 'node:crypto';
import { thumbprint } from '../../src/domain/codec/cose.js';
import type { CredentialClaims } from '../../src/domain/codec/credential.js';
import {
  assembleCredential,
  credentialTbs,
  decodeCredential,
  encodeClaims,
} from '../../src/domain/codec/credential.js';
import { assembleEvent, encodePayload, eventTbs } from '../../src/domain/codec/event.js';
import type { Clearance, Credential, CredentialKind } from '../../src/domain/credential.js';
import { CREDENTIAL_KINDS } from '../../src/domain/credential.js';
import type { EventPayload } from '../../src/domain/event.js';
import { ROLES } from '../../src/domain/event.js';
import type { ConfigDigest, LabelDigest, Op } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import { utf8 } from '../../src/base/bytes.js';

export const GBR = nation('GBR');
export const USA = nation('USA');
export const AT_S = 1_764_000_000;
export const OP = '0a'.repeat(16) as Op;
export const CONFIG = '0b'.repeat(32) as ConfigDigest;
export const keys = createVerifier();

/** A key pair that a name stands for: the same in every run. */
export function keyOf(name: string) {
  const pair = keyPairOf('ed25519', createHash('sha256').update(name).digest());
  const key = privateKeyObject('ed25519', pair.privateKey);
  const publicKey = new Uint8Array(pair.publicKey);
  return {
    publicKey,
    kid: thumbprint(publicKey),
    sign: (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, key)),
  };
}

export const CLEARANCE: Clearance = new Map([
  ['MISSION', { classifications: ['SECRET'], tags: new Map([['Release', ['GBR', 'USA']]]) }],
]);

export function claimsOf(kind: CredentialKind, over: Partial<CredentialClaims> = {}) {
  const issuer = over.issuer ?? GBR;
  const claims: CredentialClaims = {
    issuer,
    subject: `${issuer}/${kind}/one`,
    expires: AT_S + 86_400,
    notBefore: AT_S - 86_400,
    issuedAt: AT_S - 86_400,
    tokenId: new Uint8Array(16),
    publicKey: keyOf(kind).publicKey,
    kind,
    nationality: [issuer],
    clearance: CLEARANCE,
    coi: ['AUKUS', 'FVEY'],
    domains: ['release'],
    roles: ROLES,
    status: { list: new Uint8Array(8), index: 0 },
    ...over,
  };
  return claims;
}

export function delegation(depth: number): NonNullable<Credential['delegate']> {
  return {
    depth,
    kinds: CREDENTIAL_KINDS.filter((kind) => kind !== 'root'),
    coi: ['AUKUS', 'FVEY'],
    roles: ROLES,
    clearance: CLEARANCE,
    domains: ['release'],
  };
}

/** Signs claims by the key that `by` stands for. */
export function issue(claims: CredentialClaims, by: string): Credential {
  const { kid, sign: signWith } = keyOf(by);
  const bytes = encodeClaims(claims);
  const record = assembleCredential(kid, bytes, signWith(credentialTbs(kid, bytes)));
  const decoded = decodeCredential(record);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}

export const root = issue(claimsOf('root', { delegate: delegation(3) }), 'root');
export const authority = issue(claimsOf('authority', { delegate: delegation(2) }), 'root');

export function payloadOf(by: Credential, over: Partial<EventPayload> = {}): EventPayload {
  return {
    op: OP,
    nation: by.issuer,
    author: by.kid,
    seq: 0,
    prev: null,
    time: { ms: AT_S * 1000, uncertaintyMs: 50, source: 'gnss' },
    type: 'observation',
    role: 'supporting',
    label: { digest: '0c'.repeat(32) as LabelDigest },
    body: { form: 'inline', bytes: utf8('hello'), contentType: 'text/plain' },
    parents: [],
    credential: by.digest,
    epoch: { number: 1, config: CONFIG },
    precedence: 'routine',
    ...over,
  };
}

/** The signed record of a payload; `by` names the signing key. */
export function recordOf(payload: EventPayload, by: string): Uint8Array {
  const bytes = encodePayload(payload);
  return assembleEvent(payload.author, bytes, keyOf(by).sign(eventTbs(payload.author, bytes)));
}

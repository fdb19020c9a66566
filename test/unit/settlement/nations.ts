import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { createVerifier } from '../../../src/adapters/keys/index.js';
import { thumbprint } from '../../../src/domain/codec/cose.js';
import {
  assembleCredential,
  credentialTbs,
  decodeCredential,
  encodeClaims,
} from '../../../src/domain/codec/credential.js';
import type { Credential, CredentialKind } from '../../../src/domain/credential.js';
import { CREDENTIAL_KINDS } from '../../../src/domain/credential.js';
import type { Role } from '../../../src/domain/event.js';
import { ROLES } from '../../../src/domain/event.js';
import type { Kid, Nation } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { Participant } from '../../../src/domain/operation.js';

/** Nations with real keys from fixed seeds, so that every run has the same bytes. */

const verifier = createVerifier();
export const verify = verifier.verify.bind(verifier);
export const isSaneKey = verifier.isSaneKey.bind(verifier);

export interface Key {
  readonly kid: Kid;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export function keyOf(name: string): Key {
  const seed = createHash('sha256').update(name).digest();
  const secret = createPrivateKey({
    key: Buffer.concat([PKCS8, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(der.subarray(12));
  return {
    kid: thumbprint(publicKey),
    publicKey,
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  };
}

/** 32 bytes that a name stands for. */
export function bytesOf(name: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(name).digest());
}

export interface TestNation {
  readonly nation: Nation;
  readonly role: Role;
  readonly root: Key;
  readonly authority: Key;
  readonly second: Key;
  readonly replica: Key;
  readonly node: Key;
  readonly credentials: {
    readonly root: Credential;
    readonly authority: Credential;
    readonly second: Credential;
    readonly replica: Credential;
    readonly node: Credential;
  };
  readonly participant: Participant;
}

/** Domains of each nation's first office; the second office holds only `logistics`. */
const DOMAINS = ['intelligence-release', 'operations', 'weapons-release'] as const;

interface Issue {
  readonly code: Nation;
  readonly kind: CredentialKind;
  readonly key: Key;
  readonly issuer: Key;
  readonly domains: readonly string[];
}

function issue({ code, kind, key, issuer, domains }: Issue): Credential {
  const all = [...DOMAINS, 'logistics'].sort();
  const issues = kind === 'root' || kind === 'authority';
  const claims = encodeClaims({
    issuer: code,
    subject: `${code}/${kind}/test`,
    expires: 2_000_000_000,
    notBefore: 1_700_000_000,
    issuedAt: 1_700_000_000,
    tokenId: bytesOf(`${code}${kind}${key.kid}`).subarray(0, 16),
    publicKey: key.publicKey,
    kind,
    nationality: [code],
    clearance: new Map(),
    coi: [],
    domains,
    roles: ROLES,
    status: { list: new Uint8Array(8), index: 0 },
    ...(issues
      ? {
          delegate: {
            depth: kind === 'root' ? 3 : 2,
            kinds: CREDENTIAL_KINDS.filter((one) => one !== 'root'),
            coi: [],
            roles: ROLES,
            clearance: new Map(),
            domains: all,
          },
        }
      : {}),
  });
  const signature = issuer.sign(credentialTbs(issuer.kid, claims));
  const decoded = decodeCredential(assembleCredential(issuer.kid, claims, signature));
  if (!decoded.ok) throw new Error(`${decoded.error.field} ${decoded.error.rule}`);
  return decoded.value;
}

export function testNation(code: string, role: Role): TestNation {
  const name = nation(code);
  const keys = {
    root: keyOf(`${code} root`),
    authority: keyOf(`${code} authority`),
    second: keyOf(`${code} second`),
    replica: keyOf(`${code} replica`),
    node: keyOf(`${code} node`),
  };
  const all = [...DOMAINS, 'logistics'].sort();
  const make = (
    kind: CredentialKind,
    key: Key,
    issuer: Key,
    domains: readonly string[],
  ): Credential => issue({ code: name, kind, key, issuer, domains });
  const credentials = {
    root: make('root', keys.root, keys.root, all),
    authority: make('authority', keys.authority, keys.root, [...DOMAINS]),
    second: make('authority', keys.second, keys.root, ['logistics']),
    replica: make('replica', keys.replica, keys.authority, []),
    node: make('node', keys.node, keys.authority, []),
  };
  const office = (key: Key, credential: Credential): Participant['authorities'][number] => ({
    kid: key.kid,
    publicKey: key.publicKey,
    credential: credential.digest,
    domains: credential.domains,
  });
  return {
    nation: name,
    role,
    ...keys,
    credentials,
    participant: {
      nation: name,
      role,
      roots: [keys.root.kid],
      authorities: [
        office(keys.authority, credentials.authority),
        office(keys.second, credentials.second),
      ],
      ...(role === 'observing'
        ? {}
        : {
            replica: {
              consensusKey: keys.replica.publicKey,
              credential: credentials.replica.digest,
            },
          }),
    },
  };
}

import { createHash, sign } from 'node:crypto';
import { keyPairOf } from '../../src/adapters/keys/index.js';
import { privateKeyObject } from '../../src/adapters/keys/key-pair.js';
import { thumbprint } from '../../src/domain/codec/cose.js';
import {
  assembleCredential,
  credentialTbs,
  decodeCredential,
  encodeClaims,
} from '../../src/domain/codec/credential.js';
import type { Clearance, Credential, CredentialKind } from '../../src/domain/credential.js';
import { CREDENTIAL_KINDS } from '../../src/domain/credential.js';
import { ROLES } from '../../src/domain/event.js';
import type { Kid, Nation } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import { MISSION_POLICY } from '../../src/core/policy/index.js';
import type { Signer } from '../../src/ports/signer.js';

/**
 * Nations with real keys and chains, the same in every process of a bench: keys come from names, so
 * they are public knowledge and good for nothing else.
 */

export interface Key {
  readonly kid: Kid;
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

export interface Holder {
  readonly key: Key;
  readonly credential: Credential;
}

export interface BenchNation {
  readonly code: Nation;
  readonly root: Holder;
  readonly authority: Holder;
  readonly node: Holder;
  readonly release: Holder;
  readonly replica: Holder;
  /** Seed of the libp2p key that the node credential is bound to. */
  readonly transport: Key;
}

const CODES = ['AUS', 'CAN', 'DEU', 'FRA', 'GBR', 'JPN', 'NOR'];
const DOMAINS = ['intelligence-release', 'operations'];
const NOT_BEFORE_S = 1_700_000_000;
const EXPIRES_S = 4_000_000_000;

export const CLEARANCE: Clearance = new Map([
  [
    MISSION_POLICY.name,
    {
      classifications: MISSION_POLICY.classifications.map(({ name }) => name),
      tags: new Map<string, readonly string[]>(),
    },
  ],
]);

export function keyOf(name: string): Key {
  const seed = new Uint8Array(createHash('sha256').update(`entente bench ${name}`).digest());
  const pair = keyPairOf('ed25519', seed);
  const secret = privateKeyObject('ed25519', pair.privateKey);
  const publicKey = new Uint8Array(pair.publicKey);
  return {
    kid: thumbprint(publicKey),
    seed,
    publicKey,
    sign: (message) => new Uint8Array(sign(null, message, secret)),
  };
}

export function signerOf(key: Key): Signer {
  const { kid, publicKey } = key;
  return { kid, publicKey, sign: (message) => Promise.resolve(key.sign(message)) };
}

interface Issue {
  readonly code: Nation;
  readonly kind: CredentialKind;
  readonly by: Key | undefined;
  readonly name?: string;
  readonly transportKey?: Uint8Array;
}

function issue({ code, kind, by, name = 'one', transportKey }: Issue): Holder {
  const key = keyOf(`${code} ${kind} ${name}`);
  const issuer = by ?? key;
  const delegates = kind === 'root' || kind === 'authority';
  const claims = encodeClaims({
    issuer: code,
    subject: `${code}/${kind}/${name}`,
    expires: EXPIRES_S,
    notBefore: NOT_BEFORE_S,
    issuedAt: NOT_BEFORE_S,
    tokenId: key.publicKey.subarray(0, 16),
    publicKey: key.publicKey,
    kind,
    nationality: [code],
    clearance: CLEARANCE,
    coi: [],
    domains: DOMAINS,
    roles: ROLES,
    status: { list: new Uint8Array(8), index: 0 },
    ...(transportKey === undefined ? {} : { transportKey }),
    ...(delegates
      ? {
          delegate: {
            depth: kind === 'root' ? 3 : 2,
            kinds: CREDENTIAL_KINDS.filter((one) => one !== 'root'),
            coi: [],
            roles: ROLES,
            clearance: CLEARANCE,
            domains: DOMAINS,
          },
        }
      : {}),
  });
  const signature = issuer.sign(credentialTbs(issuer.kid, claims));
  const decoded = decodeCredential(assembleCredential(issuer.kid, claims, signature));
  if (!decoded.ok) throw new Error(`credential: ${decoded.error.field} ${decoded.error.rule}`);
  return { key, credential: decoded.value };
}

function benchNation(code: Nation): BenchNation {
  const root = issue({ code, kind: 'root', by: undefined });
  const authority = issue({ code, kind: 'authority', by: root.key });
  const by = authority.key;
  const transport = keyOf(`${code} transport`);
  return {
    code,
    root,
    authority,
    node: issue({ code, kind: 'node', by, transportKey: transport.publicKey }),
    release: issue({ code, kind: 'release', by }),
    replica: issue({ code, kind: 'replica', by }),
    transport,
  };
}

/** The first n nations, by code. */
export function benchNations(n: number): readonly BenchNation[] {
  if (n > CODES.length) throw new RangeError(`there are ${String(CODES.length)} nations`);
  return CODES.slice(0, n).map((code) => benchNation(nation(code)));
}

/** A platform of a nation. */
export function platformOf({ code, authority }: BenchNation, name: string): Holder {
  return issue({ code, kind: 'platform', by: authority.key, name });
}

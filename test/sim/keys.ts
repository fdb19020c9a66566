import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { concatBytes, equalBytes } from '../../src/base/bytes.js';
import type { VerifySignature } from '../../src/core/consensus/index.js';
import { genesisEpoch } from '../../src/domain/codec/genesis.js';
import type { EpochState } from '../../src/domain/consensus.js';
import type { CredentialDigest, DeclarationDigest } from '../../src/domain/ids.js';
import { nation } from '../../src/domain/ids.js';
import type { Genesis } from '../../src/domain/operation.js';

/** How a run signs: with real Ed25519, or with a hash that only the simulator can make. */
export interface Keys {
  readonly publicKeys: readonly Uint8Array[];
  sign(member: number, message: Uint8Array): Uint8Array;
  readonly verify: VerifySignature;
}

function digest(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    createHash('sha256')
      .update(concatBytes(...parts))
      .digest(),
  );
}

function seedOf(member: number): Uint8Array {
  return digest(Uint8Array.of(0x5e, 0xed, member));
}

/** A keyed hash instead of a signature: quick, and as good as unforgeable inside a run. */
export function stubKeys(n: number): Keys {
  const publicKeys = Array.from({ length: n }, (_, member) => seedOf(member));
  const mac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
    const half = digest(key, message);
    return concatBytes(half, half);
  };
  return {
    publicKeys,
    sign: (member, message) => mac(publicKeys[member]!, message),
    verify: (key, message, signature) => equalBytes(mac(key, message), signature),
  };
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export function ed25519Keys(n: number): Keys {
  const secret = Array.from({ length: n }, (_, member) =>
    createPrivateKey({
      key: Buffer.concat([PKCS8, seedOf(member)]),
      format: 'der',
      type: 'pkcs8',
    }),
  );
  const publicKeys = secret.map(
    (key) =>
      new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12)),
  );
  return {
    publicKeys,
    sign: (member, message) => new Uint8Array(sign(null, message, secret[member]!)),
    verify: (key, message, signature) => {
      const der = Buffer.concat([SPKI, key]);
      return verify(
        null,
        message,
        createPublicKey({ key: der, format: 'der', type: 'spki' }),
        signature,
      );
    },
  };
}

const NATIONS = ['AUS', 'CAN', 'FRA', 'GBR', 'NOR', 'NZL', 'USA'];

export function genesisOf(keys: Keys, profile: Genesis['quorumProfile'] = 'bft'): Genesis {
  return {
    rulesVersion: 1,
    members: keys.publicKeys.map((consensusKey, i) => ({
      nation: nation(NATIONS[i] ?? 'XXX'),
      consensusKey,
      credentialDigest: (i + 1).toString(16).padStart(64, '0') as CredentialDigest,
    })),
    quorumProfile: profile,
    policyDigest: 'ab'.repeat(32) as DeclarationDigest,
  };
}

export function epochOf(keys: Keys, profile: Genesis['quorumProfile'] = 'bft'): EpochState {
  return genesisEpoch(genesisOf(keys, profile));
}

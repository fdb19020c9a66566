import { sign } from 'node:crypto';
import { thumbprint } from '../../domain/codec/cose.js';
import type { Signer } from '../../ports/signer.js';
import type { RawKeyPair } from './key-pair.js';
import { privateKeyObject } from './key-pair.js';

/** Signs with an Ed25519 key held in this process. */
export function createSigner(pair: RawKeyPair): Signer {
  const key = privateKeyObject('ed25519', pair.privateKey);
  return {
    kid: thumbprint(pair.publicKey),
    publicKey: pair.publicKey,
    sign: (message) => Promise.resolve(new Uint8Array(sign(null, message, key))),
  };
}

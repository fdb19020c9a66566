import { hkdfSync } from 'node:crypto';
import { utf8 } from '../../base/bytes.js';
import type { Vault } from '../../ports/vault.js';
import { openBytes, sealBytes } from './aead.js';
import { KeyError } from './key-error.js';

/** A vault under a storage key derived from a private key of the node, so that it needs no file of its own. */
export function createVault(nodePrivateKey: Uint8Array): Vault {
  const key = new Uint8Array(
    hkdfSync('sha256', nodePrivateKey, new Uint8Array(0), 'entente-storage-key/1', 32),
  );
  return {
    seal: (secret, context) => sealBytes(key, utf8(context), secret),
    open(sealed, context) {
      const secret = openBytes(key, utf8(context), sealed);
      if (secret === undefined) throw new KeyError('VAULT_DAMAGED', `sealed ${context} is damaged`);
      return secret;
    },
  };
}

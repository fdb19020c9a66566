import { closeSync, openSync, writeSync } from 'node:fs';
import type { Tap } from '../adapters/libp2p/index.js';

/**
 * Writes all that passes between this node and its peers, as it is before Noise encrypts it and after
 * it decrypts it, to a private file. For audits of what reaches a node; never on in operation.
 */
export function createTap(path: string): { readonly see: Tap; close(): Promise<void> } {
  const file = openSync(path, 'a', 0o600);
  return {
    see: (_direction, _peerId, bytes) => {
      writeSync(file, bytes);
    },
    close: () => {
      closeSync(file);
      return Promise.resolve();
    },
  };
}

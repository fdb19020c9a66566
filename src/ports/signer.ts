import type { Kid } from '../domain/ids.js';

/** One private key, wherever it lives. */
export interface Signer {
  readonly kid: Kid;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

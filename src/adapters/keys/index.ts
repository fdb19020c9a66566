/** Keys over `node:crypto`: signing, the one verifier, encrypted key files, boxes and HPKE wraps. */
export { KeyError } from './key-error.js';
export type { KeyErrorCode } from './key-error.js';
export type { ScryptCost } from './key-file.js';
export {
  DEFAULT_COST,
  openKeyFile,
  publicKeyOfFile,
  readKeyFile,
  sealKeyFile,
} from './key-file.js';
export type { Curve, RawKeyPair } from './key-pair.js';
export { generateKeyPair, keyPairOf } from './key-pair.js';
export { KEM_X25519, createSealer } from './sealer.js';
export { createSigner } from './signer.js';
export { createVault } from './vault.js';
export { createVerifier } from './verifier.js';

import { checkRoot } from '../core/identity/index.js';
import { verifyBundle } from '../core/settlement/verify-bundle.js';
import type { Kid, Nation } from '../domain/ids.js';
import type { VerifySettlement } from './contract.js';
import { keyChecks } from './keyring.js';
import { RefusalError } from './refusal-error.js';

/** Verifies a settlement's one-file proof: no network, no store, no key. */
export const verifySettlement: VerifySettlement = async (bytes, anchors) => {
  const roots = new Map<Nation, Kid>();
  for (const root of anchors) {
    const refusal = checkRoot(root, keyChecks);
    if (refusal !== undefined) throw new RefusalError(refusal);
    roots.set(root.issuer, root.kid);
  }
  return verifyBundle(
    bytes,
    roots,
    (publicKey, message, signature) => keyChecks.verify(publicKey, message, signature),
    (publicKey) => keyChecks.isSaneKey(publicKey),
  );
};

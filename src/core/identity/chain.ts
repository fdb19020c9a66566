import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Credential } from '../../domain/credential.js';
import { LIMITS } from '../../domain/limits.js';
import { checkLink } from './delegation.js';
import type { IdentityRefusal } from './refusals.js';
import { identityRefusal } from './refusals.js';
import { Verified } from './verified.js';

/** Signature check and key sanity, handed in by the shell. */
export interface KeyChecks {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  isSaneKey(publicKey: Uint8Array): boolean;
}

/** A leaf with its issuers, the leaf first, then each issuer, the root last. */
export type Chain = readonly [Credential, ...Credential[]];

function checkKey(credential: Credential, keys: KeyChecks): IdentityRefusal | undefined {
  const sane =
    keys.isSaneKey(credential.publicKey) &&
    (credential.transportKey === undefined || keys.isSaneKey(credential.transportKey));
  return sane
    ? undefined
    : identityRefusal('BAD_KEY', {
        field: 'cnf',
        rule: 'is a canonical Ed25519 key of prime order',
        authority: credential.issuer,
        detail: credential.subject,
      });
}

function checkSignature(
  child: Credential,
  issuer: Credential,
  keys: KeyChecks,
): IdentityRefusal | undefined {
  if (child.issuerKid !== issuer.kid) {
    return identityRefusal('ISSUER_UNKNOWN', {
      field: 'kid',
      rule: 'names the key of the next credential of the chain',
      authority: child.issuer,
      detail: `${child.subject} was issued by ${child.issuerKid}`,
    });
  }
  // The key comes from the credential that the chain supports, never from the message itself.
  if (keys.verify(issuer.publicKey, child.tbs, child.signature)) return undefined;
  return identityRefusal('BAD_SIGNATURE', {
    field: 'signature',
    rule: 'is made by the issuer over these bytes',
    authority: child.issuer,
    detail: child.subject,
  });
}

/** A root is self-signed, of kind root, and states the nationality of its own nation alone. */
export function checkRoot(root: Credential, keys: KeyChecks): IdentityRefusal | undefined {
  if (root.kind !== 'root' || root.issuerKid !== root.kid) {
    return identityRefusal('ROOT_NOT_SELF_SIGNED', {
      field: 'kid',
      rule: 'a root is of kind root and signed by itself',
      authority: root.issuer,
      detail: root.subject,
    });
  }
  if (root.nationality.some((code) => code !== root.issuer)) {
    return identityRefusal('ROOT_FOREIGN_NATIONALITY', {
      field: 'nationality',
      rule: 'a root states the nationality of its own nation alone',
      authority: root.issuer,
      detail: root.nationality.join(', '),
    });
  }
  return checkKey(root, keys) ?? checkSignature(root, root, keys);
}

/**
 * Verifies a chain from a leaf to a root: depth, every rule of delegation, every key and every
 * signature. Says nothing about time and nothing about trust in the root.
 */
export function verifyChain(
  chain: Chain,
  keys: KeyChecks,
): Result<Verified<Credential>, IdentityRefusal> {
  const root = chain[chain.length - 1] ?? chain[0];
  if (chain.length - 1 > LIMITS.chainDepthMax) {
    return err(
      identityRefusal('CHAIN_TOO_DEEP', {
        field: 'chain',
        rule: `has at most ${String(LIMITS.chainDepthMax)} credentials below the root`,
        authority: chain[0].issuer,
        detail: `${String(chain.length - 1)} credentials`,
      }),
    );
  }
  const bad = checkRoot(root, keys);
  if (bad !== undefined) return err(bad);
  for (let i = chain.length - 2; i >= 0; i--) {
    const [child, parent] = [chain[i], chain[i + 1]];
    if (child === undefined || parent === undefined) continue;
    const broken =
      checkLink(child, parent) ?? checkKey(child, keys) ?? checkSignature(child, parent, keys);
    if (broken !== undefined) return err(broken);
  }
  return ok(new Verified(chain[0]));
}

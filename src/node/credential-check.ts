import type { Chain } from '../core/identity/index.js';
import { checkValidity, verifyChain } from '../core/identity/index.js';
import type { Credential } from '../domain/credential.js';
import { LIMITS } from '../domain/limits.js';
import { homeCredentials, readCredentialFile } from './credential-files.js';
import type { Home } from './home.js';
import { keyChecks } from './keyring.js';
import { RefusalError, refuse } from './refusal-error.js';

export interface CredentialCheck {
  readonly path: string;
  /** Roots that the verifier chose. */
  readonly anchors: readonly Credential[];
  /** Files of issuers on the chain, besides those of `home`. */
  readonly issuers: readonly string[];
  readonly home?: Home;
  readonly nowMs: number;
}

/** The chain of a credential up to one of the anchors; refuses when a link or the anchor is missing. */
function chainOf(leaf: Credential, check: CredentialCheck): Chain {
  const issuers = [
    ...check.issuers.map(readCredentialFile),
    ...(check.home === undefined ? [] : homeCredentials(check.home)),
  ];
  const chain: [Credential, ...Credential[]] = [leaf];
  let last = leaf;
  while (chain.length <= LIMITS.chainDepthMax) {
    const { issuerKid } = last;
    const anchor = check.anchors.find(({ kid }) => kid === issuerKid);
    if (anchor !== undefined) return last.kid === anchor.kid ? chain : [...chain, anchor];
    const issuer = issuers.find(({ kid }) => kid === issuerKid);
    if (issuer === undefined || issuer.kid === last.kid) break;
    chain.push(issuer);
    last = issuer;
  }
  throw refuse('ISSUER_UNKNOWN', 'kid', {
    rule: 'a chain leads to a root that the verifier chose',
    detail: `${leaf.subject} does not lead to any of these roots`,
    remedy: "--root FILE for its nation's root, --issuer FILE for issuers between",
  });
}

/** Verifies a credential's chain, keys, signatures and dates under chosen roots. */
export function verifyCredential(check: CredentialCheck): Credential {
  const leaf = readCredentialFile(check.path);
  const chain = chainOf(leaf, check);
  const verified = verifyChain(chain, keyChecks);
  if (!verified.ok) throw new RefusalError(verified.error);
  const seconds = Math.floor(check.nowMs / 1000);
  for (const one of chain) {
    const stale = checkValidity(one, seconds);
    if (stale !== undefined) throw new RefusalError(stale);
  }
  return leaf;
}

import { toHex } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { decodeCredential } from '../../domain/codec/credential.js';
import { hash } from '../../domain/codec/hash.js';
import type { Credential } from '../../domain/credential.js';
import type { CredentialDigest, Kid } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { Chain, KeyChecks } from '../identity/index.js';
import { verifyChain } from '../identity/index.js';

/** Renewals of one key: more would only multiply the chains to try. */
const PER_KEY_MAX = 4;

/** Credentials of a bundle by digest and by the key they certify. */
export interface CredentialIndex {
  readonly byDigest: ReadonlyMap<CredentialDigest, Credential>;
  readonly byKid: ReadonlyMap<Kid, readonly Credential[]>;
}

export function indexCredentials(
  all: readonly Uint8Array[],
): Result<CredentialIndex, { readonly detail: string }> {
  const byDigest = new Map<CredentialDigest, Credential>();
  const byKid = new Map<Kid, readonly Credential[]>();
  for (const bytes of all) {
    const read = decodeCredential(bytes);
    if (!read.ok) return err({ detail: `${read.error.field} ${read.error.rule}` });
    const { digest, kid, subject } = read.value;
    const same = byKid.get(kid) ?? [];
    if (byDigest.has(digest) || same.length >= PER_KEY_MAX) {
      return err({ detail: `${subject} stands more often than it can be needed` });
    }
    byDigest.set(digest, read.value);
    byKid.set(kid, [...same, read.value]);
  }
  return ok({ byDigest, byKid });
}

/** All ways from a credential up to a root through the given issuers. */
function chainsOf(leaf: Credential, index: CredentialIndex, depth = 0): readonly Chain[] {
  if (leaf.kind === 'root') return [[leaf]];
  if (depth >= LIMITS.chainDepthMax) return [];
  return (index.byKid.get(leaf.issuerKid) ?? []).flatMap((issuer) =>
    chainsOf(issuer, index, depth + 1).map((chain): Chain => [leaf, ...chain]),
  );
}

export type ChainFault =
  { readonly fault: 'incomplete' } | { readonly fault: 'broken'; readonly detail: string };

/** Each question about one key or signature is asked once: chains share their upper links. */
export function remembered(keys: KeyChecks): KeyChecks {
  const sane = new Map<string, boolean>();
  const held = new Map<string, boolean>();
  const once = (cache: Map<string, boolean>, name: string, ask: () => boolean): boolean => {
    const answer = cache.get(name) ?? ask();
    cache.set(name, answer);
    return answer;
  };
  return {
    isSaneKey: (key) => once(sane, toHex(key), () => keys.isSaneKey(key)),
    verify: (key, message, signature) =>
      once(held, toHex(hash(key, signature, message)), () => keys.verify(key, message, signature)),
  };
}

/** The root that a credential leads to, every link verified. */
export function rootOf(
  leaf: Credential,
  index: CredentialIndex,
  keys: KeyChecks,
): Result<Credential, ChainFault> {
  let detail: string | undefined;
  for (const chain of chainsOf(leaf, index)) {
    const verified = verifyChain(chain, keys);
    const root = chain[chain.length - 1];
    if (verified.ok && root !== undefined) return ok(root);
    if (!verified.ok) detail = `${leaf.subject}: ${verified.error.code}`;
  }
  return err(detail === undefined ? { fault: 'incomplete' } : { fault: 'broken', detail });
}

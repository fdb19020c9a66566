import { assert } from '../../base/assert.js';
import { compareBytes } from '../../base/bytes.js';
import { decodeDeclaration } from '../../domain/codec/declaration.js';
import { identifyEntry } from '../../domain/codec/entry.js';
import { encodeBundle } from '../../domain/codec/settlement-bundle.js';
import type { Certificate, Header } from '../../domain/consensus.js';
import type { Credential } from '../../domain/credential.js';
import type { CredentialDigest, EntryId, Kid } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { Acceptance } from '../../domain/operation.js';
import { inclusionPath } from './payload-path.js';

/** Credentials that the maker of a bundle holds. */
export interface HeldCredentials {
  byDigest(digest: CredentialDigest): Credential | undefined;
  /** Any credential that certifies the key. */
  byKid(kid: Kid): Credential | undefined;
}

/** What a settlement's proof is made of. */
export interface BundleParts {
  readonly declaration: Uint8Array;
  readonly acceptances: readonly Acceptance[];
  readonly entry: Uint8Array;
  /** Ids of the entry's block, in order. */
  readonly entryIds: readonly EntryId[];
  /** From the entry's block to the certified one, ascending. */
  readonly headers: readonly Header[];
  readonly certificate: Certificate;
}

/**
 * Credentials that a verifier needs: those of the declared authorities and replicas, of every key
 * that approved, and all their issuers up to the roots. Ones that are not held are left out.
 */
function neededCredentials(
  { declaration, entry }: BundleParts,
  held: HeldCredentials,
): readonly Uint8Array[] {
  const declared = decodeDeclaration(declaration);
  const settled = identifyEntry(entry);
  assert(declared.ok && settled.ok, 'a proof is made of what was settled');
  const leaves = [
    ...declared.value.participants.flatMap(({ authorities, replica }) => [
      ...authorities.map(({ credential }) => held.byDigest(credential)),
      replica && held.byDigest(replica.credential),
    ]),
    ...settled.value.entry.core.authorities.map(({ kid }) => held.byKid(kid)),
  ];
  const out = new Map<CredentialDigest, Uint8Array>();
  for (const leaf of leaves) {
    let one = leaf;
    for (let depth = 0; one !== undefined && depth <= LIMITS.chainDepthMax; depth++) {
      out.set(one.digest, one.bytes);
      one = one.kind === 'root' ? undefined : held.byKid(one.issuerKid);
    }
  }
  return [...out.values()].sort(compareBytes);
}

/** One file that proves a settled entry offline. */
export function makeBundle(parts: BundleParts, held: HeldCredentials): Uint8Array {
  const settled = identifyEntry(parts.entry);
  assert(settled.ok, 'a proof is made of what was settled');
  const index = parts.entryIds.indexOf(settled.value.entryId);
  assert(index >= 0, 'the entry is in its block');
  const { declaration, acceptances, entry, headers, certificate } = parts;
  return encodeBundle({
    declaration,
    acceptances,
    credentials: neededCredentials(parts, held),
    entry,
    index,
    path: inclusionPath(parts.entryIds, index),
    headers,
    certificate,
  });
}

import { compareText } from '../../base/bytes.js';
import { hashHex } from '../../domain/codec/hash.js';
import { encodeCbor } from '../../domain/codec/dcbor.js';
import type { Credential } from '../../domain/credential.js';
import type { Digest, Nation } from '../../domain/ids.js';
import type { Label } from '../../domain/label.js';
import type { Group } from '../../domain/operation.js';
import type { LabelPolicy } from '../../domain/release.js';
import { TAGS } from '../../domain/tags.js';
import { decide } from './decide.js';

/** What a node decides by. */
export interface PolicySet {
  readonly policies: ReadonlyMap<string, LabelPolicy>;
  readonly groups: ReadonlyMap<string, Group>;
}

/** Digest of everything that decisions rest on; recorded with each grant. */
export function policySetDigest(set: PolicySet): Digest {
  const parts = [
    ...[...set.policies.values()].map((policy) => hashHex(JSON.stringify(policy))),
    ...[...set.groups.values()].map((group) => hashHex(JSON.stringify(group))),
  ].sort(compareText);
  return hashHex(TAGS.policySet, encodeCbor(parts)) as Digest;
}

/**
 * The release set of a label: the nations among `parties` for which `receive` is permitted at
 * signing time, with the originator, sorted. Clearance and communities count as they stand; expiry
 * is checked when the key is granted, so being away takes no nation out of a set.
 */
export function releaseSet(
  label: Label,
  originator: Nation,
  parties: readonly (Credential | null)[],
  set: PolicySet,
  nowMs: number,
): readonly Nation[] {
  const nations = new Set<Nation>([originator]);
  for (const party of parties) {
    if (party === null || party.issuer === originator) continue;
    const lasting: Credential = { ...party, notBefore: 0, expires: Number.MAX_SAFE_INTEGER };
    const decision = decide({
      act: 'receive',
      label,
      party: lasting,
      originator,
      ...set,
      grantedTo: [],
      item: null,
      nowMs,
    });
    if (decision.outcome === 'permit') nations.add(party.issuer);
  }
  return [...nations].sort(compareText);
}

import { compareText, fromHex } from '../../base/bytes.js';
import { hashHex } from '../../domain/codec/hash.js';
import { encodeCbor } from '../../domain/codec/dcbor.js';
import type { Credential } from '../../domain/credential.js';
import type { Digest, Nation } from '../../domain/ids.js';
import type { Label } from '../../domain/label.js';
import type { Group } from '../../domain/operation.js';
import type { LabelPolicy } from '../../domain/release.js';
import { TAGS } from '../../domain/tags.js';
import { reasonsOfLabel } from './decide.js';

/** What a node decides by. */
export interface PolicySet {
  readonly policies: ReadonlyMap<string, LabelPolicy>;
  readonly groups: ReadonlyMap<string, Group>;
}

function policyDocument(policy: LabelPolicy): Uint8Array {
  return encodeCbor([
    'policy',
    policy.name,
    policy.uri,
    policy.classifications.map(({ name, hierarchy }) => [name, hierarchy]),
    policy.tags.map((tag) => [
      tag.name,
      tag.uri,
      tag.type,
      tag.values,
      tag.orNation ?? false,
      tag.absent,
      tag.required,
      tag.single,
    ]),
  ]);
}

function groupDocument(group: Group): Uint8Array {
  const members = group.members.map(({ nation, from, until }) => [nation, from, until ?? null]);
  return encodeCbor(['framework', group.name, members]);
}

/**
 * SHA-256("entente:policy-set:1" ‖ the sorted digests of all declarations that a node decides by).
 * Recorded with each decision and grant, so that it can be judged later by the same rules.
 */
export function policySetDigest(set: PolicySet): Digest {
  const documents = [
    ...[...set.policies.values()].map(policyDocument),
    ...[...set.groups.values()].map(groupDocument),
  ];
  const digests = documents.map((document) => hashHex(TAGS.declaration, document));
  return hashHex(TAGS.policySet, ...digests.sort(compareText).map(fromHex)) as Digest;
}

/**
 * The release set of a label: the nations among `parties` for which `receive` is permitted at
 * signing time, with the originator, sorted. Clearance and communities count as they stand; expiry
 * and status are checked when the key is granted, so being away takes no nation out of a set.
 */
export function releaseSet(
  label: Label,
  originator: Nation,
  parties: readonly (Credential | null)[],
  at: PolicySet & { readonly nowMs: number },
): readonly Nation[] {
  const nations = new Set<Nation>([originator]);
  for (const party of parties) {
    if (party === null || party.issuer === originator) continue;
    const { policies, groups, nowMs } = at;
    const asked = { act: 'receive', label, party, originator, grantedTo: [], item: null } as const;
    const reasons = reasonsOfLabel({ ...asked, policies, groups, nowMs });
    if (reasons.length === 0) nations.add(party.issuer);
  }
  return [...nations].sort(compareText);
}

import type { Credential, TrustEntry } from '../../domain/credential.js';
import type { Nation } from '../../domain/ids.js';
import { clearanceWithin } from './delegation.js';
import type { IdentityRefusal } from './refusals.js';
import { identityRefusal } from './refusals.js';

/** Validity of a credential at a time in Unix seconds. */
export function checkValidity(
  credential: Credential,
  atSeconds: number,
): IdentityRefusal | undefined {
  if (atSeconds >= credential.expires) {
    return identityRefusal('EXPIRED', {
      field: 'exp',
      rule: 'is in the future',
      authority: credential.issuer,
      detail: `${credential.subject} expired at ${String(credential.expires)}`,
      remedy: `renew the credential of ${credential.subject}`,
    });
  }
  if (atSeconds < credential.notBefore) {
    return identityRefusal('NOT_YET_VALID', {
      field: 'nbf',
      rule: 'is in the past',
      authority: credential.issuer,
      detail: `${credential.subject} is valid from ${String(credential.notBefore)}`,
      remedy: 'wait, or set the clock right',
    });
  }
  return undefined;
}

function untrusted(
  code:
    | 'UNTRUSTED_NATION'
    | 'UNTRUSTED_ROOT'
    | 'TRUST_EXPIRED'
    | 'CLEARANCE_NOT_TRUSTED'
    | 'COI_NOT_TRUSTED'
    | 'KIND_NOT_TRUSTED',
  owner: Nation,
  parts: { readonly field: string; readonly rule: string; readonly detail: string },
): IdentityRefusal {
  return identityRefusal(code, {
    ...parts,
    authority: owner,
    remedy: `an authority of ${owner} changes its trust list (entente trust add)`,
  });
}

/** A nation's own view of whom it trusts: its own root, and its own signed list. Never transitive. */
export interface TrustView {
  readonly owner: Nation;
  readonly ownRoot: string;
  readonly entries: readonly TrustEntry[];
}

/** What the entry lets that nation assert: kinds, clearances and communities. */
function checkEntry(
  leaf: Credential,
  entry: TrustEntry,
  owner: Nation,
): IdentityRefusal | undefined {
  if (!entry.kinds.includes(leaf.kind)) {
    return untrusted('KIND_NOT_TRUSTED', owner, {
      field: 'kind',
      rule: `is a kind that ${owner} accepts from ${leaf.issuer}`,
      detail: leaf.kind,
    });
  }
  if (!clearanceWithin(leaf.clearance, entry.clearance)) {
    return untrusted('CLEARANCE_NOT_TRUSTED', owner, {
      field: 'clearance',
      rule: `is within what ${owner} believes of ${leaf.issuer}`,
      detail: leaf.subject,
    });
  }
  const foreign = leaf.coi.find((name) => !entry.coi.includes(name));
  if (foreign === undefined) return undefined;
  return untrusted('COI_NOT_TRUSTED', owner, {
    field: 'coi',
    rule: `is a community that ${owner} lets ${leaf.issuer} assert`,
    detail: foreign,
  });
}

/**
 * Whether this nation believes what a verified chain states: the root is pinned for that nation,
 * the entry is in force, and kind and communities are what this nation lets that nation assert.
 */
export function checkTrust(
  leaf: Credential,
  root: Credential,
  trust: TrustView,
  atSeconds: number,
): IdentityRefusal | undefined {
  if (leaf.issuer === trust.owner) {
    if (root.kid === trust.ownRoot) return undefined;
    return untrusted('UNTRUSTED_ROOT', trust.owner, {
      field: 'root',
      rule: 'is the pinned root of the own nation',
      detail: root.kid,
    });
  }
  const entry = trust.entries.find(({ nation }) => nation === leaf.issuer);
  if (entry === undefined) {
    return untrusted('UNTRUSTED_NATION', trust.owner, {
      field: 'iss',
      rule: 'stands in the own trust list',
      detail: leaf.issuer,
    });
  }
  if (!entry.roots.includes(root.kid)) {
    return untrusted('UNTRUSTED_ROOT', trust.owner, {
      field: 'root',
      rule: `is a root that ${trust.owner} lists for ${leaf.issuer}`,
      detail: root.kid,
    });
  }
  if (atSeconds < entry.notBefore || atSeconds >= entry.expires) {
    return untrusted('TRUST_EXPIRED', trust.owner, {
      field: 'trustList',
      rule: 'the entry is in force',
      detail: leaf.issuer,
    });
  }
  return checkEntry(leaf, entry, trust.owner);
}

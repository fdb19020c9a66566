import type { Clearance, Credential } from '../../domain/credential.js';
import type { IdentityCode, IdentityRefusal } from './refusals.js';
import { identityRefusal } from './refusals.js';

function within(values: readonly string[], allowed: readonly string[]): boolean {
  return values.every((value) => allowed.includes(value));
}

/** Whether every classification and tag value of `inner` stands in `outer`. */
export function clearanceWithin(inner: Clearance, outer: Clearance): boolean {
  for (const [policy, { classifications, tags }] of inner) {
    const bound = outer.get(policy);
    if (bound === undefined || !within(classifications, bound.classifications)) return false;
    for (const [tag, values] of tags) if (!within(values, bound.tags.get(tag) ?? [])) return false;
  }
  return true;
}

interface LinkRule {
  readonly code: IdentityCode;
  readonly field: string;
  readonly rule: string;
  readonly broken: (child: Credential, parent: Credential) => boolean;
}

/**
 * What a child may state under its parent: subsets of the parent's `delegate`, a falling depth, and
 * a life inside the parent's. A root without `delegate` may delegate everything of its nation.
 */
const LINK_RULES: readonly LinkRule[] = [
  {
    code: 'ISSUER_MISMATCH',
    field: 'iss',
    rule: 'is the same nation in every link',
    broken: (child, parent) => child.issuer !== parent.issuer,
  },
  {
    code: 'NOT_AN_ISSUER',
    field: 'delegate',
    rule: 'the parent may issue credentials',
    broken: (_, parent) => parent.kind !== 'root' && parent.delegate === undefined,
  },
  {
    code: 'DEPTH_EXHAUSTED',
    field: 'delegate.depth',
    rule: 'falls by at least one in each link, and is at least one to issue',
    broken: (child, { delegate }) =>
      delegate !== undefined &&
      (delegate.depth < 1 || (child.delegate?.depth ?? 0) > delegate.depth - 1),
  },
  {
    code: 'KIND_NOT_DELEGATED',
    field: 'kind',
    rule: 'is among the kinds that the parent may issue',
    broken: (child, { delegate }) =>
      child.kind === 'root' ||
      (delegate !== undefined &&
        !within([child.kind, ...(child.delegate?.kinds ?? [])], delegate.kinds)),
  },
  {
    code: 'COI_NOT_DELEGATED',
    field: 'coi',
    rule: 'is a subset of what the parent may assert',
    broken: (child, { delegate }) =>
      delegate !== undefined &&
      !within([...child.coi, ...(child.delegate?.coi ?? [])], delegate.coi),
  },
  {
    code: 'ROLE_NOT_DELEGATED',
    field: 'roles',
    rule: 'is a subset of what the parent may assert',
    broken: (child, { delegate }) =>
      delegate !== undefined &&
      !within([...child.roles, ...(child.delegate?.roles ?? [])], delegate.roles),
  },
  {
    code: 'CLEARANCE_NOT_DELEGATED',
    field: 'clearance',
    rule: 'is a subset of what the parent may assert',
    broken: (child, { delegate }) =>
      delegate !== undefined &&
      !(
        clearanceWithin(child.clearance, delegate.clearance) &&
        (child.delegate === undefined ||
          clearanceWithin(child.delegate.clearance, delegate.clearance))
      ),
  },
  {
    code: 'DOMAIN_NOT_DELEGATED',
    field: 'domains',
    rule: 'is a subset of what the parent may assert',
    broken: (child, { delegate }) =>
      delegate !== undefined &&
      !within([...child.domains, ...(child.delegate?.domains ?? [])], delegate.domains),
  },
  {
    code: 'OUTLIVES_PARENT',
    field: 'exp',
    rule: 'is not after the expiry of the parent',
    broken: (child, parent) => child.expires > parent.expires,
  },
  {
    code: 'BEFORE_PARENT',
    field: 'nbf',
    rule: 'is not before that of the parent',
    broken: (child, parent) => child.notBefore < parent.notBefore,
  },
];

/** The first rule of delegation that a link breaks, or undefined. */
export function checkLink(child: Credential, parent: Credential): IdentityRefusal | undefined {
  const rule = LINK_RULES.find(({ broken }) => broken(child, parent));
  return (
    rule &&
    identityRefusal(rule.code, {
      field: rule.field,
      rule: rule.rule,
      authority: parent.issuer,
      detail: `${child.subject} under ${parent.subject}`,
    })
  );
}

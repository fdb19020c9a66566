import { labelFaults, ownerOf } from '../labels/index.js';
import type { Credential } from '../../domain/credential.js';
import type { Category } from '../../domain/label.js';
import type {
  Decision,
  DecisionInput,
  LabelPolicy,
  PolicyTag,
  Reason,
  ReasonCode,
} from '../../domain/release.js';
import { OPEN_LABEL } from '../../domain/codec/label.js';
import { isMember, nextChange } from './groups.js';

function reason(
  code: ReasonCode,
  parts: {
    readonly rule: string;
    readonly authority: string;
    readonly detail: string;
    readonly remedy: string;
    readonly tag?: string;
  },
): Reason {
  return { code, field: parts.tag ?? 'label', ...parts };
}

type Check = (input: DecisionInput, policy: LabelPolicy, party: Credential) => readonly Reason[];

/** The nation whose release right the label is. */
function ownerNation(input: DecisionInput): string {
  return ownerOf(input.label) ?? input.originator;
}

const labelCheck: Check = (input, policy) =>
  labelFaults(input.label, policy).map((fault) =>
    reason(fault.code === 'POLICY' || fault.code === 'CLASS' ? 'LABEL_INVALID' : fault.code, {
      rule: `label.${fault.rule}`,
      authority: policy.name,
      detail: fault.detail,
      remedy: `${input.originator} issues a valid label`,
      ...(fault.tag === undefined ? {} : { tag: fault.tag }),
    }),
  );

const validityCheck: Check = (input, _, party) => {
  const seconds = Math.floor(input.nowMs / 1000);
  if (seconds >= party.notBefore && seconds < party.expires) return [];
  return [
    reason('CRED', {
      rule: 'credential.in-force',
      authority: party.issuer,
      detail: `${party.subject} is valid from ${String(party.notBefore)} to ${String(party.expires)}`,
      remedy: `${party.issuer} renews the credential`,
    }),
  ];
};

/** The clearance lists classifications: a list, not a ceiling. */
const classificationCheck: Check = (input, policy, party) => {
  const cleared = party.clearance.get(policy.name);
  if (cleared === undefined) {
    return [
      reason('POLICY', {
        rule: 'clearance.policy',
        authority: party.issuer,
        detail: `${party.subject} has no clearance in ${policy.name}`,
        remedy: `${party.issuer} issues a credential cleared in ${policy.name}`,
      }),
    ];
  }
  if (cleared.classifications.includes(input.label.classification)) return [];
  return [
    reason('CLASS', {
      rule: 'clearance.classification',
      authority: party.issuer,
      detail: `${input.label.classification} is not among ${cleared.classifications.join(', ')}`,
      remedy: `${party.issuer} clears ${party.subject} for ${input.label.classification}`,
    }),
  ];
};

/** Whether the party answers to one permissive value: its own nation, or a group it belongs to. */
function answersTo(value: string, input: DecisionInput, party: Credential): boolean {
  if (value === party.issuer) return true;
  const group = input.groups.get(value);
  if (group === undefined) return false;
  const createdMs = Date.parse(input.label.created);
  return party.coi.includes(value) && isMember(group, party.issuer, createdMs, input.nowMs);
}

function permissiveReasons(
  tag: PolicyTag,
  category: Category | undefined,
  input: DecisionInput,
  party: Credential,
): readonly Reason[] {
  if (input.grantedTo.includes(party.issuer)) return [];
  const owner = ownerNation(input);
  if (category === undefined) {
    // An absent release tag is the owner's own parties, never "unrestricted".
    if (tag.absent === 'no-effect' || party.issuer === input.originator) return [];
    return [
      reason('OWNER_ONLY', {
        rule: `${tag.name}.absent-is-owner-only`,
        authority: owner,
        tag: tag.name,
        detail: `no nation is named for release; ${party.issuer} is not ${input.originator}`,
        remedy: `an authority of ${input.originator} grants release (entente release grant)`,
      }),
    ];
  }
  if (party.issuer === input.originator) return [];
  if (category.values.some((value) => answersTo(value, input, party))) return [];
  return [
    reason('PERMISSIVE', {
      rule: `${tag.name}.any-of`,
      authority: owner,
      tag: tag.name,
      detail: `${party.issuer} is not among ${category.values.join(', ')}`,
      remedy: `an authority of ${input.originator} grants release (entente release grant)`,
    }),
  ];
}

/** Dissemination controls: readers by the release set may hold it; onward acts need consent. */
const DISSEMINATION = 'Dissemination';

function restrictiveReasons(
  tag: PolicyTag,
  category: Category | undefined,
  input: DecisionInput,
  party: Credential,
): readonly Reason[] {
  if (category === undefined || party.issuer === input.originator) return [];
  if (tag.name === DISSEMINATION) {
    const onward = input.act === 'derive' || input.act === 'forward';
    return onward
      ? category.values.map((value) =>
          reason('ORCON', {
            rule: `${tag.name}.originator-controls-onward-use`,
            authority: input.originator,
            tag: tag.name,
            detail: `${value}: ${input.act} needs the originator's consent`,
            remedy: `${input.originator} signs a consent for this item`,
          }),
        )
      : [];
  }
  const held = party.clearance.get(input.label.policy.name)?.tags.get(tag.name) ?? [];
  return category.values
    .filter((value) => !held.includes(value))
    .map((value) =>
      reason('RESTRICTIVE', {
        rule: `${tag.name}.all-of`,
        authority: ownerNation(input),
        tag: tag.name,
        detail: `${party.subject} does not hold ${value}`,
        remedy: `${party.issuer} issues a credential with ${tag.name} ${value}`,
      }),
    );
}

const tagsCheck: Check = (input, policy, party) =>
  policy.tags.flatMap((tag) => {
    const category = input.label.categories.find((c) => c.tag === tag.name && c.type === tag.type);
    if (tag.type === 'permissive') return permissiveReasons(tag, category, input, party);
    if (tag.type === 'restrictive') return restrictiveReasons(tag, category, input, party);
    return [];
  });

/** All checks run, none exits early: curing every listed reason leads to a permit. */
export const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['label', labelCheck],
  ['credential', validityCheck],
  ['classification', classificationCheck],
  ['tags', tagsCheck],
];

function isOpen(input: DecisionInput): boolean {
  const { policy, classification, categories } = input.label;
  const open = OPEN_LABEL.label;
  return (
    policy.name === open.policy.name &&
    policy.uri === open.policy.uri &&
    classification === open.classification &&
    categories.length === 0
  );
}

function reasonsAgainst(input: DecisionInput): readonly Reason[] {
  const { party } = input;
  if (party === null) {
    return [
      reason('CRED', {
        rule: 'credential.held',
        authority: 'receiver',
        detail: 'no verified node credential of the party is held',
        remedy: 'the party presents its credential (hello)',
      }),
    ];
  }
  if (isOpen(input)) return [];
  const policy = input.policies.get(input.label.policy.name);
  if (policy === undefined) {
    return [
      reason('POLICY', {
        rule: 'policy.known',
        authority: input.label.policy.name,
        detail: `policy ${input.label.policy.name} is not loaded`,
        remedy: 'load and recognise the policy',
      }),
    ];
  }
  return CHECKS.flatMap(([, check]) => check(input, policy, party));
}

/**
 * Whether a party may do an act with a labelled item: pure, total, deterministic. Permit needs all
 * of: a known policy, a classification in the party's list, any one value of each permissive tag,
 * all values of each restrictive tag, a credential in force. Denials carry every reason.
 */
export function decide(input: DecisionInput): Decision {
  const validUntil = Math.min(
    nextChange(input.groups.values(), input.nowMs),
    input.party === null ? Infinity : input.party.expires * 1000,
  );
  const [first, ...rest] = reasonsAgainst(input);
  if (first !== undefined) return { outcome: 'deny', reasons: [first, ...rest], validUntil };
  const rules = isOpen(input) ? ['open-label'] : CHECKS.map(([name]) => name);
  return { outcome: 'permit', obligations: [], rules, validUntil };
}

import { labelFaults, ownerOf } from '../labels/index.js';
import type { Credential } from '../../domain/credential.js';
import type { Nation } from '../../domain/ids.js';
import { isNation } from '../../domain/ids.js';
import type { Category, Label } from '../../domain/label.js';
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

type CredentialCheck = (input: DecisionInput, party: Credential) => readonly Reason[];
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

/** Suspended, revoked and stale deny alike: only a status known to be good lets anything pass. */
const statusCheck: CredentialCheck = (input, party) => {
  const status = input.partyStatus ?? 'current';
  if (status === 'current') return [];
  return [
    reason(status === 'stale' ? 'STALE' : 'CRED', {
      rule: 'credential.status',
      authority: party.issuer,
      detail: `${party.subject} is ${status}`,
      remedy:
        status === 'stale'
          ? `hear from ${party.issuer} again: its status list is too old`
          : `${party.issuer} issues a new credential`,
    }),
  ];
};

const validityCheck: CredentialCheck = (input, party) => {
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

/**
 * Whether the party answers to one permissive value: its own nation, a dated group that it asserts
 * and belongs to, or an atom that its clearance carries.
 */
function answersTo(
  value: string,
  tag: PolicyTag,
  input: DecisionInput,
  party: Credential,
): boolean {
  if (isNation(value) && (tag.values === null || tag.orNation === true)) {
    return value === party.issuer;
  }
  const held = party.clearance.get(input.label.policy.name)?.tags.get(tag.name) ?? [];
  const group = input.groups.get(value);
  if (group === undefined) return held.includes(value);
  const createdMs = Date.parse(input.label.created);
  const asserted = party.coi.includes(value) || held.includes(value);
  return asserted && isMember(group, party.issuer, createdMs, input.nowMs);
}

function permissiveReasons(
  tag: PolicyTag,
  category: Category | undefined,
  input: DecisionInput,
  party: Credential,
): readonly Reason[] {
  // A release grant widens the release set, and no other tag.
  const release = tag.absent === 'owner-only';
  if (release && input.grantedTo.includes(party.issuer)) return [];
  const owner = ownerNation(input);
  if (category === undefined) {
    // An absent release tag is the owner's own parties, never "unrestricted".
    if (!release || party.issuer === input.originator) return [];
    return [
      reason('OWNER_ONLY', {
        rule: `${tag.name}.absent-is-owner-only`,
        authority: owner,
        tag: tag.name,
        detail: `no nation is named for release; ${party.issuer} is not ${input.originator}`,
        remedy: `an authority of ${input.originator} releases it to ${party.issuer}, or labels it anew`,
      }),
    ];
  }
  if (release && party.issuer === input.originator) return [];
  if (category.values.some((value) => answersTo(value, tag, input, party))) return [];
  return [
    reason('PERMISSIVE', {
      rule: `${tag.name}.any-of`,
      authority: owner,
      tag: tag.name,
      detail: `${party.issuer} is not among ${category.values.join(', ')}`,
      remedy: release
        ? `an authority of ${input.originator} releases it to ${party.issuer}, or labels it anew`
        : `${party.issuer} issues a credential with one of the values of ${tag.name}`,
    }),
  ];
}

/** Dissemination controls: readers by the release set may hold it; onward acts need consent. */
const DISSEMINATION = 'Dissemination';

function consented(input: DecisionInput, party: Credential): boolean {
  return (input.consents ?? []).some(
    (consent) =>
      consent.item === input.item &&
      consent.originator === input.originator &&
      consent.requester === party.issuer &&
      input.nowMs < consent.notAfterMs,
  );
}

function onwardReasons(
  tag: PolicyTag,
  category: Category,
  input: DecisionInput,
  party: Credential,
): readonly Reason[] {
  const onward = input.act === 'derive' || input.act === 'forward';
  if (!onward || party.issuer === input.originator || consented(input, party)) return [];
  return category.values.map((value) =>
    reason('ORCON', {
      rule: `${tag.name}.originator-controls-onward-use`,
      authority: input.originator,
      tag: tag.name,
      detail: `${value}: ${input.act} needs the originator's consent`,
      remedy: `${input.originator} signs a consent for this item`,
    }),
  );
}

function restrictiveReasons(
  tag: PolicyTag,
  category: Category | undefined,
  input: DecisionInput,
  party: Credential,
): readonly Reason[] {
  if (category === undefined) return [];
  if (tag.name === DISSEMINATION) return onwardReasons(tag, category, input, party);
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

/** Of the label against the clearance, as both stand. */
const LABEL_CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['label', labelCheck],
  ['classification', classificationCheck],
  ['tags', tagsCheck],
];

/** Of the credential at this moment. */
const CREDENTIAL_CHECKS: readonly (readonly [name: string, check: CredentialCheck])[] = [
  ['credential', validityCheck],
  ['status', statusCheck],
];

/** All checks run, none exits early: curing every listed reason leads to a permit. */
const CHECKS = [...CREDENTIAL_CHECKS, ...LABEL_CHECKS];

function isOpen(label: Label): boolean {
  const { policy, classification, categories } = label;
  const open = OPEN_LABEL.label;
  return (
    policy.name === open.policy.name &&
    policy.uri === open.policy.uri &&
    classification === open.classification &&
    categories.length === 0
  );
}

/** What speaks against the label for a party's clearance, leaving expiry and status aside. */
export function reasonsOfLabel(input: DecisionInput & { party: Credential }): readonly Reason[] {
  if (isOpen(input.label)) return [];
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
  return LABEL_CHECKS.flatMap(([, check]) => check(input, policy, input.party));
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
  const now = CREDENTIAL_CHECKS.flatMap(([, check]) => check(input, party));
  return [...now, ...reasonsOfLabel({ ...input, party })];
}

/** A rule that throws has not permitted anything. */
function reasonsOrFailure(input: DecisionInput): readonly Reason[] {
  try {
    return reasonsAgainst(input);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'a rule failed';
    const remedy = 'correct the policy, the group or the label that the rule fails on';
    return [reason('RULE_ERROR', { rule: 'rules.run', authority: 'receiver', detail, remedy })];
  }
}

/** The next instant at which a dated input changes, or Infinity. */
function validUntilOf({ groups, party, consents = [], nowMs }: DecisionInput): number {
  const edges = [
    nextChange(groups.values(), nowMs),
    ...(party === null ? [] : [party.notBefore * 1000, party.expires * 1000]),
    ...consents.map(({ notAfterMs }) => notAfterMs),
  ];
  return Math.min(...edges.filter((edge) => edge > nowMs), Infinity);
}

/** Decisions made here, with the nation each was made for: `Released` is minted on nothing else. */
const MADE_FOR = new WeakMap<Decision, Nation>();

/** The nation that a permit of `decide` was made for; undefined for anything else. */
export function permittedNation(decision: Decision): Nation | undefined {
  return decision.outcome === 'permit' ? MADE_FOR.get(decision) : undefined;
}

/**
 * Whether a party may do an act with a labelled item: pure, total, deterministic. Permit needs all
 * of: a known policy, a classification in the party's list, any one value of each permissive tag,
 * all values of each restrictive tag, a credential in force. Denials carry every reason.
 */
export function decide(input: DecisionInput): Decision {
  const [first, ...rest] = reasonsOrFailure(input);
  const validUntil = validUntilOf(input);
  if (first !== undefined) return { outcome: 'deny', reasons: [first, ...rest], validUntil };
  const rules = isOpen(input.label) ? ['open-label'] : CHECKS.map(([name]) => name);
  const permit: Decision = { outcome: 'permit', obligations: [], rules, validUntil };
  if (input.party !== null) MADE_FOR.set(permit, input.party.issuer);
  return permit;
}

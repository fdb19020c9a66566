import { approvalPreimage } from '../../domain/codec/consensus-preimage.js';
import { decodeExtension } from '../../domain/codec/entry-extension.js';
import type { Extension } from '../../domain/codec/entry-extension.js';
import { LIMITS } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import type { IdentifiedEntry, SettlementKind } from '../../domain/settlement.js';
import type { VerifySignature } from '../consensus/index.js';
import { CHANGE_RULES } from './change-rules.js';
import { consentKey, covers, mapNeeds, ownerNeeds, subjectOf } from './consent-needs.js';
import { hasKey } from './hex-set.js';
import { settlementRefusal } from './refusals.js';
import type { Rule, RuleInput } from './rule.js';
import { approvalKey, isRevoked, isSuspended, roleOf } from './state.js';
import type { SettledState } from './state.js';

/** Kinds whose outcome is an event; all others have none. */
const WITH_OUTCOME: readonly SettlementKind[] = ['decision', 'tasking', 'release', 'handoff'];

/** Inputs that a kind cannot do without: [cites, consumes]. */
const INPUTS_MIN: Partial<Record<SettlementKind, readonly [number, number]>> = {
  decision: [1, 0],
  // The asset's slot, the release request, the handoff offer: each is spent once.
  tasking: [0, 1],
  release: [0, 1],
  handoff: [1, 1],
};

function enoughInputs({ core }: RuleInput): boolean {
  const [cites, consumes] = INPUTS_MIN[core.kind] ?? [0, 0];
  const count = (mode: 'cites' | 'consumes'): number =>
    core.inputs.filter((input) => input.mode === mode).length;
  return count('cites') >= cites && count('consumes') >= consumes;
}

function levelsFit({ core, extension }: RuleInput): boolean {
  if (extension.kind !== 'decision' && extension.kind !== 'tasking') return true;
  return extension.levels.every(({ input }) => input < core.inputs.length);
}

function roleFits({ state, core }: RuleInput): boolean {
  if (core.outcome === null) return true;
  const role = roleOf(state, core.outcome.originator);
  switch (core.kind) {
    case 'decision':
    case 'tasking':
      return role === 'lead';
    case 'handoff':
      return role === 'lead' || role === 'supporting';
    default:
      // What a nation contributed in an earlier role stays its own: observers release it too.
      return true;
  }
}

function notSuspended({ state, core, height }: RuleInput): boolean {
  const leads = core.kind === 'decision' || core.kind === 'tasking';
  if (leads && core.outcome && isSuspended(state, core.outcome.originator, 'lead', height)) {
    return false;
  }
  return core.inputs.every(
    ({ originator }) => !isSuspended(state, originator, 'contribute', height),
  );
}

function mapMet({ state, core, extension }: RuleInput): boolean {
  return mapNeeds({ ...core, extension }, state).every(({ nations, domain }) =>
    core.authorities.some(({ nation, kid }) => {
      const key = consentKey(extension, state, nation, kid);
      return nations.includes(nation) && key !== undefined && covers(key, domain);
    }),
  );
}

function ownersConsent({ core, extension }: RuleInput): boolean {
  return ownerNeeds({ ...core, extension }).every((owner) =>
    core.authorities.some(({ nation }) => nation === owner),
  );
}

function noneBesides({ state, core, extension }: RuleInput): boolean {
  const draft = { ...core, extension };
  const asked = [...ownerNeeds(draft), ...mapNeeds(draft, state).flatMap(({ nations }) => nations)];
  return core.authorities.every(({ nation }) => asked.includes(nation));
}

function approvalsInOrder({ core, approvals }: RuleInput): boolean {
  return (
    approvals.length === core.authorities.length &&
    core.authorities.every(
      ({ nation, kid }, i) => approvals[i]?.nation === nation && approvals[i].kid === kid,
    )
  );
}

function signaturesHold({ state, core, coreId, approvals, extension, verify }: RuleInput): boolean {
  return approvals.every(({ nation, kid, opened, signature }) => {
    const key = consentKey(extension, state, nation, kid);
    if (key === undefined) return true; // KNOWN_KEY refuses it
    return verify(key.publicKey, approvalPreimage(core.opId, coreId, opened), signature);
  });
}

function distinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

function slotFree({ state, extension }: RuleInput): boolean {
  return extension.kind !== 'decision' || !hasKey(state.slots, extension.slot);
}

/**
 * When an entry may be settled next: a pure function of entry and settled state. One named check per
 * rule, all of which must hold. Replicas check all of it without opening anything; nobody's vote
 * stands in for a missing approval.
 */
export const VALIDITY_RULES = [
  {
    code: 'WRONG_OPERATION',
    field: 'core.opId',
    rule: 'is this operation',
    holds: ({ state, core }) => core.opId === state.opId,
  },
  {
    code: 'ENTRY_TOO_LARGE',
    field: 'entry',
    rule: `is at most ${String(LIMITS.entryBytesMax)} bytes`,
    holds: ({ bytes }) => bytes <= LIMITS.entryBytesMax,
  },
  {
    code: 'CLOSED',
    field: 'core.opId',
    rule: 'nothing settles in a closed operation',
    holds: ({ state }) => !state.closed,
  },
  {
    code: 'LAPSED',
    field: 'core.expiresAtHeight',
    rule: 'is not below the height of the block',
    holds: ({ core, height }) => core.expiresAtHeight >= height,
  },
  {
    code: 'ALREADY_SETTLED',
    field: 'coreId',
    rule: 'is settled once',
    holds: ({ state, coreId }) => !hasKey(state.settled, coreId),
  },
  {
    code: 'INPUTS',
    field: 'core.inputs',
    rule: 'hold what the kind cites and consumes',
    holds: enoughInputs,
  },
  {
    code: 'OUTCOME',
    field: 'core.outcome',
    rule: 'stands exactly with kinds that have one',
    holds: ({ core }) => (core.outcome !== null) === WITH_OUTCOME.includes(core.kind),
  },
  {
    code: 'LEVELS',
    field: 'core.extension.levels',
    rule: 'name inputs of this entry',
    holds: levelsFit,
  },
  {
    code: 'ROLE',
    field: 'core.outcome.originator',
    rule: 'has the role that the kind asks for',
    holds: roleFits,
  },
  {
    code: 'SUSPENDED',
    field: 'core',
    rule: 'uses no right that a settled sanction suspends',
    holds: notSuspended,
  },
  {
    code: 'AUTHORITY_TWICE',
    field: 'core.authorities',
    rule: 'name each key once',
    holds: ({ core }) => distinct(core.authorities.map(({ kid }) => kid)),
  },
  {
    code: 'UNKNOWN_KEY',
    field: 'core.authorities',
    rule: 'are keys of their nations in the configuration',
    holds: ({ state, core, extension }) =>
      core.authorities.every(
        ({ nation, kid }) => consentKey(extension, state, nation, kid) !== undefined,
      ),
  },
  {
    code: 'REVOKED_KEY',
    field: 'core.authorities',
    rule: 'are not revoked',
    holds: ({ state, core }) => core.authorities.every(({ kid }) => !isRevoked(state, kid)),
  },
  {
    code: 'ORIGINATOR_MISSING',
    field: 'core.authorities',
    rule: 'hold one key of everybody whose asset, data or right is used',
    holds: ownersConsent,
  },
  {
    code: 'AUTHORITY_MAP',
    field: 'core.authorities',
    rule: 'meet the authority map, domains included',
    holds: mapMet,
  },
  {
    code: 'NOT_NEEDED',
    field: 'core.authorities',
    rule: 'name nobody whose approval is not needed',
    holds: noneBesides,
  },
  {
    code: 'INCOMPLETE',
    field: 'approvals',
    rule: 'are exactly those of the authorities, in their order',
    holds: approvalsInOrder,
  },
  {
    code: 'OPENED',
    field: 'approvals.opened',
    rule: 'names inputs of this entry',
    holds: ({ core, approvals }) =>
      approvals.every(({ opened }) => opened < 2 ** core.inputs.length),
  },
  {
    code: 'APPROVAL_SIGNATURE',
    field: 'approvals.signature',
    rule: 'is made by the named key over this core',
    holds: signaturesHold,
  },
  {
    code: 'APPROVAL_WITHDRAWN',
    field: 'approvals',
    rule: 'were not withdrawn by a settlement before',
    holds: ({ state, coreId, approvals }) =>
      approvals.every(({ nation }) => !hasKey(state.withdrawn, approvalKey(coreId, nation))),
  },
  {
    code: 'BLIND_TWICE',
    field: 'core.inputs.blind',
    rule: 'stands once in an entry',
    holds: ({ core }) => distinct(core.inputs.map(({ blind }) => blind)),
  },
  {
    code: 'RIGHT_CONSUMED',
    field: 'core.inputs.blind',
    rule: 'a right is consumed once',
    holds: ({ state, core }) =>
      core.inputs.every(({ mode, blind }) => mode === 'cites' || !hasKey(state.consumed, blind)),
  },
  {
    code: 'SLOT_TAKEN',
    field: 'core.extension.slot',
    rule: 'a step of a run is decided once',
    holds: slotFree,
  },
  ...CHANGE_RULES,
] as const satisfies readonly Rule<string>[];

export type ValidityCode = (typeof VALIDITY_RULES)[number]['code'] | 'EXTENSION';

/** Whose word changes the answer: the subject, the outcome's originator, or the operation's leads. */
function authorityOf(entry: IdentifiedEntry, extension: Extension): string {
  const { outcome } = entry.entry.core;
  return subjectOf(extension) ?? outcome?.originator ?? 'the operation';
}

/**
 * The validity predicate: may this entry be settled next on the state, in a block of this height?
 * Reads nothing but its arguments. `verify` is Ed25519 verification (RFC 8032).
 */
export function validate(
  state: SettledState,
  entry: IdentifiedEntry,
  height: number,
  verify: VerifySignature,
): true | Refusal<ValidityCode> {
  const { core, approvals } = entry.entry;
  const form = decodeExtension(core.kind, core.extension);
  if (!form.ok) {
    const { field, rule } = form.error;
    return settlementRefusal('EXTENSION', { field, rule, authority: 'the operation' });
  }
  const extension = form.value;
  const input: RuleInput = {
    state,
    core,
    approvals,
    extension,
    coreId: entry.coreId,
    bytes: entry.bytes.length,
    height,
    verify,
  };
  const broken = VALIDITY_RULES.find((rule) => !rule.holds(input));
  if (broken === undefined) return true;
  return settlementRefusal(broken.code, {
    field: broken.field,
    rule: broken.rule,
    authority: authorityOf(entry, extension),
    detail: `${core.kind} ${entry.coreId}`,
  });
}

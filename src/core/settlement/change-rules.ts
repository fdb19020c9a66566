import { REVOCATIONS_MAX } from '../../domain/codec/configuration.js';
import type { Extension, ExtensionOf } from '../../domain/codec/entry-extension.js';
import { PINNED_MAX } from '../../domain/codec/participant.js';
import type { Kid } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import { subjectOf } from './consent-needs.js';
import { hasKey } from './hex-set.js';
import type { Rule, RuleInput } from './rule.js';
import type { SettledState } from './state.js';
import { isRevoked, leadsOf, participantOf, roleOf } from './state.js';

/** Authorities that one nation may accumulate, revoked ones included. */
const NATION_AUTHORITIES_MAX = 32;

function isJoin(extension: Extension): boolean {
  return extension.kind === 'membership' && extension.change.join !== undefined;
}

function subjectFits({ state, extension }: RuleInput): boolean {
  const subject = subjectOf(extension);
  if (subject === undefined) return true;
  return (roleOf(state, subject) === undefined) === isJoin(extension);
}

/** The voting set is lead and supporting nations: does the change touch it? */
function votersStay({ state, extension }: RuleInput): boolean {
  if (extension.kind === 'role') {
    const votes = roleOf(state, extension.nation) !== 'observing';
    return votes === (extension.role !== 'observing');
  }
  if (extension.kind !== 'membership') return true;
  const { join, exit } = extension.change;
  return (join?.role ?? roleOf(state, exit ?? join.nation) ?? 'observing') === 'observing';
}

function leadRemains({ state, extension }: RuleInput): boolean {
  if (extension.kind !== 'role' || extension.role === 'lead') return true;
  return leadsOf(state).some((nation) => nation !== extension.nation);
}

function ownAuthority({ core, extension }: RuleInput): boolean {
  if (extension.kind !== 'credential') return true;
  const { revoked } = extension.change;
  return revoked === undefined || core.authorities.every(({ kid }) => kid !== revoked.kid);
}

function knownKids(state: SettledState): readonly Kid[] {
  return state.configuration.participants.flatMap(({ authorities }) =>
    authorities.map(({ kid }) => kid),
  );
}

function keysFit({ state, extension }: RuleInput): boolean {
  if (isJoin(extension)) return joinerKeysNew(state, extension as ExtensionOf<'membership'>);
  if (extension.kind !== 'credential') return true;
  const { added, revoked } = extension.change;
  if (added !== undefined) {
    return !knownKids(state).includes(added.kid) && !isRevoked(state, added.kid);
  }
  const own = participantOf(state, extension.nation)?.authorities ?? [];
  return own.some(({ kid }) => kid === revoked.kid) && !isRevoked(state, revoked.kid);
}

function joinerKeysNew(state: SettledState, extension: ExtensionOf<'membership'>): boolean {
  const held = knownKids(state);
  const { join } = extension.change;
  return join?.authorities.every(({ kid }) => !held.includes(kid)) ?? true;
}

function roomLeft({ state, extension }: RuleInput): boolean {
  const { participants, revocations } = state.configuration;
  if (isJoin(extension)) return participants.length < LIMITS.membersMax;
  if (extension.kind !== 'credential') return true;
  const own = participantOf(state, extension.nation)?.authorities ?? [];
  return extension.change.added === undefined
    ? revocations.length < REVOCATIONS_MAX
    : own.length < NATION_AUTHORITIES_MAX;
}

function adoptionFits({ state, extension }: RuleInput): boolean {
  if (extension.kind !== 'adoption') return true;
  const { pinned } = state.configuration;
  const { declaration, replaces } = extension;
  if (pinned.includes(declaration)) return false;
  return replaces === undefined ? pinned.length < PINNED_MAX : pinned.includes(replaces);
}

/** Rules of the kinds that change the configuration or what counts. */
export const CHANGE_RULES = [
  {
    code: 'SUBJECT',
    field: 'core.extension.nation',
    rule: 'is a participant, or not yet one when it joins',
    holds: subjectFits,
  },
  {
    code: 'SAME_ROLE',
    field: 'core.extension.role',
    rule: 'differs from the present one',
    holds: ({ state, extension }) =>
      extension.kind !== 'role' || roleOf(state, extension.nation) !== extension.role,
  },
  {
    code: 'NEEDS_RECONFIGURATION',
    field: 'core.extension',
    rule: 'leaves the voting set as it is: a change of voters takes a reconfiguration block',
    holds: votersStay,
  },
  {
    code: 'LAST_LEAD',
    field: 'core.extension.role',
    rule: 'leaves the operation a lead',
    holds: leadRemains,
  },
  {
    code: 'SELF_REVOCATION',
    field: 'core.authorities',
    rule: 'a key is revoked by another authority of its nation, or by its root',
    holds: ownAuthority,
  },
  {
    code: 'KEY_CHANGE',
    field: 'core.extension',
    rule: 'adds keys that are new, or revokes a standing key of the own nation',
    holds: keysFit,
  },
  {
    code: 'ROOM',
    field: 'core.extension',
    rule: 'keeps the configuration within its bounds',
    holds: roomLeft,
  },
  {
    code: 'ADOPTION',
    field: 'core.extension.declaration',
    rule: 'is not yet in force, and takes the place of one that is',
    holds: adoptionFits,
  },
  {
    code: 'WITHDRAWN_LATE',
    field: 'core.extension.coreId',
    rule: 'is not settled: an approval that was used stays given',
    holds: ({ state, extension }) =>
      extension.kind !== 'withdrawal' || !hasKey(state.settled, extension.coreId),
  },
] as const satisfies readonly Rule<string>[];

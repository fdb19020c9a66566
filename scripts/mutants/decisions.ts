import type { Mutant } from './mutant.js';
import { swap } from './mutant.js';
import { tableMutants } from './table-mutants.js';

const VALIDITY = {
  group: 'validity',
  never: '() => true',
  tests: ['test/unit/settlement/validity.test.ts'],
};
const door = ['test/unit/admission/door.test.ts', 'test/unit/admission/roles.test.ts'];
const policy = ['test/unit/policy/decide.test.ts', 'test/unit/policy/groups.test.ts'];
const chain = ['test/unit/identity/delegation.test.ts', 'test/unit/identity/chain.test.ts'];
const admission = 'src/core/admission/';
const decide = 'src/core/policy/decide.ts';

type Edit = readonly [id: string, what: string, find: string, replace: string];

function edits(
  group: string,
  file: string,
  tests: readonly string[],
  list: readonly Edit[],
): readonly Mutant[] {
  return list.map(([id, what, find, replace]) => ({
    id: `${group}/${id}`,
    what,
    file,
    tests,
    change: swap(find, replace),
  }));
}

/** When an entry may be settled next. */
export const SETTLEMENT: readonly Mutant[] = [
  ...tableMutants({
    ...VALIDITY,
    file: 'src/core/settlement/validity.ts',
    table: 'VALIDITY_RULES',
  }),
  ...tableMutants({
    ...VALIDITY,
    file: 'src/core/settlement/change-rules.ts',
    table: 'CHANGE_RULES',
  }),
  ...edits('validity', 'src/core/settlement/validity.ts', VALIDITY.tests, [
    [
      'EXTENSION',
      'settles an entry whose extension is of another kind',
      'const form = decodeExtension(core.kind, core.extension);\n  if (!form.ok) {',
      'const form = decodeExtension(core.kind, core.extension);\n  if (!form.ok) return true;\n  if (!form.ok) {',
    ],
  ]),
];

/** What gets through the door. */
export const ADMISSION: readonly Mutant[] = [
  ...edits('admission', `${admission}examine.ts`, door, [
    ['operation', 'never refuses', 'if (unknown !== undefined) return err(unknown);', ''],
    [
      'credential-unknown',
      'takes an event whose credential is not held',
      "if (found === 'unknown') {",
      "if (found === 'unknown') return ok({ ...(event.payload as unknown as Credential), roles: [event.payload.role] });\n  if (found === 'unknown') {",
    ],
    [
      'credential-untrusted',
      'takes an event whose credential is not trusted',
      'if (found.ok) return found;',
      'if (found.ok) return found;\n  return ok({ ...(event.payload as unknown as Credential), roles: [event.payload.role] });',
    ],
    [
      'nation#1',
      'without: payload.nation === credential.issuer',
      'if (payload.nation === credential.issuer && payload.author === credential.kid)',
      'if (payload.author === credential.kid)',
    ],
    [
      'nation#2',
      'without: payload.author === credential.kid',
      'if (payload.nation === credential.issuer && payload.author === credential.kid)',
      'if (payload.nation === credential.issuer)',
    ],
    [
      'validity#1',
      'without: seconds >= credential.notBefore',
      'seconds >= credential.notBefore && ',
      '',
    ],
    ['validity#2', 'without: seconds < credential.expires', ' && seconds < credential.expires', ''],
    [
      'role.participant',
      'takes an event of a nation that takes no part',
      "if (actual === 'not-a-participant') {",
      "if (actual === 'not-a-participant') return undefined;\n  if (actual === 'not-a-participant') {",
    ],
    [
      'role.actual',
      'takes any role that the event states',
      'if (role !== actual) {',
      'if (false) {',
    ],
    [
      'role.type',
      'takes a type that the role may not author',
      'roles.includes(role) && credential.roles.includes(role)',
      'credential.roles.includes(role)',
    ],
    [
      'role.credential',
      "takes a role beyond the credential's",
      'roles.includes(role) && credential.roles.includes(role)',
      'roles.includes(role)',
    ],
  ]),
  ...tableMutants({
    group: 'admission',
    file: `${admission}examine.ts`,
    table: 'EXAMINATION',
    never: '() => undefined',
    tests: door,
  }),
  ...edits('admission', `${admission}conclude.ts`, door, [
    [
      'signature',
      'never refuses',
      'if (!signatureOk) return refused(signatureRefusal(candidate));',
      '',
    ],
    [
      'known',
      'takes a duplicate for news',
      "if (facts.atSeq === event.id) return { kind: 'known', id: event.id };",
      '',
    ],
    [
      'taken',
      'takes a position that another key of the subject holds for an equivocation',
      'if (author !== event.payload.author) return refused(takenRefusal(candidate, facts));',
      '',
    ],
    [
      'equivocation',
      'admits a second event of one key at one position',
      "return { kind: 'equivocation', held: facts.atSeq, other: candidate };",
      '',
    ],
    ['prev', 'never refuses', 'prevRefusal(event, facts) ?? ', ''],
    ['future', 'never refuses', 'futureRefusal(event, facts.nowMs) ?? ', ''],
    ['parents', 'never refuses', ' ?? parentsRefusal(event, facts);', ';'],
    ['parents#1', 'without: the nation of a parent', 'held.nation === parent.nation &&', ''],
    ['parents#2', 'without: the role of a parent', 'held.role === parent.role &&', ''],
    [
      'parents#3',
      'without: the label of a parent',
      '&&\n      held.label.digest === parent.label;',
      ';',
    ],
    [
      'open-prev',
      'says that a missing previous event is held',
      'openPrev: event.payload.prev !== null && facts.before === undefined,',
      'openPrev: false,',
    ],
    [
      'missing-parents',
      'says that missing parents are held',
      'missingParents: named.filter((id) => !facts.parents.has(id)),',
      'missingParents: named.slice(named.length),',
    ],
    [
      'time-backwards',
      'never marks a clock that ran back',
      'timeBackwards: runsBackwards(event.payload.time, facts.beforeTime),',
      'timeBackwards: false,',
    ],
  ]),
];

/** What a credential may state under its parent. */
export const IDENTITY: readonly Mutant[] = [
  ...tableMutants({
    group: 'delegation',
    file: 'src/core/identity/delegation.ts',
    table: 'LINK_RULES',
    never: '() => false',
    tests: chain,
  }),
  ...edits('delegation', 'src/core/identity/delegation.ts', chain, [
    [
      'depth#child',
      'hands on a depth that does not fall',
      ' || (child.delegate?.depth ?? 0) > delegate.depth - 1',
      '',
    ],
    ['kind#root', 'takes a root under a parent', "child.kind === 'root' ||", ''],
    [
      'kind#delegate',
      'hands on kinds that it does not have',
      '[child.kind, ...(child.delegate?.kinds ?? [])]',
      '[child.kind]',
    ],
    [
      'coi#delegate',
      'hands on communities that it does not have',
      '[...child.coi, ...(child.delegate?.coi ?? [])]',
      '[...child.coi]',
    ],
    [
      'role#delegate',
      'hands on roles that it does not have',
      '[...child.roles, ...(child.delegate?.roles ?? [])]',
      '[...child.roles]',
    ],
    [
      'clearance#delegate',
      'hands on a clearance that it does not have',
      'clearanceWithin(child.delegate.clearance, delegate.clearance)',
      'true',
    ],
    [
      'domain#delegate',
      'hands on domains that it does not have',
      '[...child.domains, ...(child.delegate?.domains ?? [])]',
      '[...child.domains]',
    ],
  ]),
];

/** What a permit asks for. */
export const POLICY: readonly Mutant[] = [
  ...['LABEL_CHECKS', 'CREDENTIAL_CHECKS'].flatMap((table) =>
    tableMutants({ group: 'policy', file: decide, table, never: '() => []', tests: policy }),
  ),
  ...edits('policy', decide, policy, [
    [
      'policy-known',
      'permits under a policy that is not loaded',
      'if (policy === undefined) {',
      'if (policy === undefined) return [];\n  if (policy === undefined) {',
    ],
    [
      'clearance-known',
      'permits without a clearance in the policy',
      'if (cleared === undefined) {',
      'if (cleared === undefined) return [];\n  if (cleared === undefined) {',
    ],
    [
      'credential-held',
      'permits a party without a credential',
      'if (party === null) {',
      'if (party === null) return [];\n  if (party === null) {',
    ],
    ['in-force#1', 'without: seconds >= party.notBefore', 'seconds >= party.notBefore && ', ''],
    ['in-force#2', 'without: seconds < party.expires', ' && seconds < party.expires', ''],
    [
      'owner-only',
      'reads an absent release tag as unrestricted',
      'if (!release || party.issuer === input.originator) return [];',
      'return [];',
    ],
    [
      'permissive',
      'permits whoever holds no value of a permissive tag',
      "if (tag.type === 'permissive') return permissiveReasons(tag, category, input, party);",
      "if (tag.type === 'permissive' && category === undefined) {\n      return permissiveReasons(tag, category, input, party);\n    }",
    ],
    [
      'restrictive',
      'permits whoever lacks a value of a restrictive tag',
      'if (tag.name === DISSEMINATION) return onwardReasons(tag, category, input, party);',
      'if (tag.name === DISSEMINATION) return onwardReasons(tag, category, input, party);\n  return [];',
    ],
    [
      'onward',
      "permits onward acts without the originator's consent",
      'if (tag.name === DISSEMINATION) return onwardReasons(tag, category, input, party);',
      'if (tag.name === DISSEMINATION) return [];',
    ],
    ['consent#item', 'takes a consent for another item', 'consent.item === input.item &&', ''],
    [
      'consent#originator',
      'takes a consent of another nation',
      'consent.originator === input.originator &&',
      '',
    ],
    [
      'consent#requester',
      'takes a consent for another nation',
      'consent.requester === party.issuer &&',
      '',
    ],
    [
      'consent#time',
      'takes a consent that has lapsed',
      '&&\n      input.nowMs < consent.notAfterMs',
      '',
    ],
    [
      'grant-release-only',
      'lets a release grant widen every tag',
      'if (release && input.grantedTo',
      'if (input.grantedTo',
    ],
    [
      'group-asserted',
      'counts a member of a group that does not assert it',
      'return asserted && isMember(',
      'return isMember(',
    ],
    [
      'group-member',
      'counts whoever asserts a group as its member',
      'return asserted && isMember(group, party.issuer, createdMs, input.nowMs);',
      'return asserted || createdMs < 0;',
    ],
    [
      'fails-closed',
      'permits when a rule throws',
      "return [reason('RULE_ERROR', { rule: 'rules.run', authority: 'receiver', detail, remedy })];",
      'return detail === remedy ? [] : [];',
    ],
  ]),
];

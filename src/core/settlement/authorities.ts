import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { thumbprint } from '../../domain/codec/cose.js';
import { coreIdOf } from '../../domain/codec/entry.js';
import type { Kid, Nation } from '../../domain/ids.js';
import type { AuthorityRecord } from '../../domain/operation.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Approval, SettlementCore } from '../../domain/settlement.js';
import type { ConsentNeed, Draft } from './consent-needs.js';
import { mapNeeds, ownerNeeds } from './consent-needs.js';
import { hasKey } from './hex-set.js';
import { settlementRefusal } from './refusals.js';
import type { SettledState } from './state.js';
import { approvalKey, standingAuthorities } from './state.js';

export type AuthorityRef = SettlementCore['authorities'][number];

/** Keys a nation can approve the draft with, the preferred ones first. */
function candidates(
  draft: Draft,
  state: SettledState,
  nation: Nation,
  prefer: readonly Kid[],
): readonly Pick<AuthorityRecord, 'kid' | 'domains'>[] {
  const { extension } = draft;
  const join = extension.kind === 'membership' ? extension.change.join : undefined;
  const records = join?.nation === nation ? join.authorities : standingAuthorities(state, nation);
  const revoked = extension.kind === 'credential' ? extension.change.revoked?.kid : undefined;
  const able = records.filter(({ kid }) => kid !== revoked);
  return [
    ...able.filter(({ kid }) => prefer.includes(kid)),
    ...able.filter(({ kid }) => !prefer.includes(kid)),
  ];
}

/** The nation that meets a need: one that consents anyway if it can, or the first that is able to. */
function chosenNation(
  need: ConsentNeed,
  owners: readonly Nation[],
  able: (nation: Nation) => boolean,
): Nation | undefined {
  const usable = need.nations.filter(able);
  return usable.find((nation) => owners.includes(nation)) ?? usable[0];
}

/** As few keys as cover the domains: one for all if there is one. */
function chosenKeys(
  keys: readonly Pick<AuthorityRecord, 'kid' | 'domains'>[],
  domains: readonly string[],
): readonly Kid[] {
  const one = keys.find((key) => domains.every((domain) => key.domains.includes(domain)));
  if (one !== undefined) return [one.kid];
  const many = domains.flatMap((domain) => {
    const key = keys.find((candidate) => candidate.domains.includes(domain));
    return key === undefined ? [] : [key.kid];
  });
  return [...new Set(many)];
}

function noAuthority(need: ConsentNeed): Refusal<'NO_AUTHORITY'> {
  const who = need.nations.length === 0 ? 'nobody' : need.nations.join(' or ');
  const domain = need.domain ?? 'any domain';
  return settlementRefusal('NO_AUTHORITY', {
    field: 'core.authorities',
    rule: `an approval of ${who} under ${domain} is needed`,
    authority: who,
    detail: 'no standing authority of the configuration can give it',
  });
}

/**
 * The approvals that a draft needs, one key each: those of the authority map, then each originator's
 * in the order of the inputs. `prefer` names keys to take where several would do.
 */
export function authoritiesFor(
  draft: Draft,
  state: SettledState,
  prefer: readonly Kid[] = [],
): Result<readonly AuthorityRef[], Refusal<'NO_AUTHORITY'>> {
  const owners = ownerNeeds(draft);
  const keysOf = (nation: Nation): ReturnType<typeof candidates> =>
    candidates(draft, state, nation, prefer);
  const { extension } = draft;
  const root =
    extension.kind === 'credential' && extension.rootKey !== undefined
      ? { nation: extension.nation, kid: thumbprint(extension.rootKey) }
      : undefined;
  const domains = new Map<Nation, readonly string[]>();
  const needs: readonly ConsentNeed[] = [
    ...mapNeeds(draft, state),
    ...owners.map((nation) => ({ nations: [nation], domain: null })),
  ];
  for (const need of needs) {
    const { domain } = need;
    const able = (nation: Nation): boolean =>
      root?.nation === nation ||
      keysOf(nation).some((key) => domain === null || key.domains.includes(domain));
    const nation = chosenNation(need, owners, able);
    if (nation === undefined) return err(noAuthority(need));
    const held = domains.get(nation) ?? [];
    domains.set(nation, domain === null ? held : [...held, domain]);
  }
  return ok(
    [...domains].flatMap(([nation, asked]) =>
      root?.nation === nation
        ? [root]
        : chosenKeys(keysOf(nation), asked).map((kid) => ({ nation, kid })),
    ),
  );
}

/** Whose approvals a core still lacks, in order. A withdrawn approval counts as lacking for good. */
export function awaiting(
  core: SettlementCore,
  approvals: readonly Approval[],
  state: SettledState,
): readonly AuthorityRef[] {
  const coreId = coreIdOf(core);
  return core.authorities.filter(
    ({ nation, kid }) =>
      hasKey(state.withdrawn, approvalKey(coreId, nation)) ||
      !approvals.some((one) => one.nation === nation && one.kid === kid),
  );
}

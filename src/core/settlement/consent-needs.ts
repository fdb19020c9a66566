import { thumbprint } from '../../domain/codec/cose.js';
import type { Extension } from '../../domain/codec/entry-extension.js';
import type { Kid, Nation } from '../../domain/ids.js';
import type { ApprovalNeed } from '../../domain/operation.js';
import type { SettlementCore, SettlementKind } from '../../domain/settlement.js';
import type { SettledState } from './state.js';
import { leadsOf, participantOf } from './state.js';

/** What a settlement is before its authorities are chosen. */
export interface Draft {
  readonly extension: Extension;
  readonly inputs: SettlementCore['inputs'];
  readonly outcome: SettlementCore['outcome'];
}

/** One approval that an entry needs: by one of these nations, under this domain (any when null). */
export interface ConsentNeed {
  readonly nations: readonly Nation[];
  readonly domain: string | null;
}

/** Whom the act is about, for kinds that are about one nation. */
export function subjectOf(extension: Extension): Nation | undefined {
  switch (extension.kind) {
    case 'role':
    case 'credential':
    case 'withdrawal':
      return extension.nation;
    case 'sanction':
      return extension.subject;
    case 'membership':
      return extension.change.join?.nation ?? extension.change.exit;
    default:
      return undefined;
  }
}

function nationsOf(need: ApprovalNeed, draft: Draft, state: SettledState): readonly Nation[] {
  const { of } = need;
  if ('nation' in of) return [of.nation];
  if (of.part === 'lead') return leadsOf(state);
  const nation = of.part === 'subject' ? subjectOf(draft.extension) : draft.outcome?.originator;
  return nation === undefined ? [] : [nation];
}

/** Kinds that are an act of their subject's own, whatever the authority map adds. */
const OWN_KINDS: readonly SettlementKind[] = ['credential', 'withdrawal'];

/** What the authority map asks. A kind it does not list needs a lead, or its subject where that acts. */
export function mapNeeds(draft: Draft, state: SettledState): readonly ConsentNeed[] {
  const { kind } = draft.extension;
  const listed = state.configuration.authorityMap.get(kind);
  if (listed !== undefined && listed.length > 0) {
    return listed.map((need) => ({
      nations: nationsOf(need, draft, state),
      domain: need.domain,
    }));
  }
  return OWN_KINDS.includes(kind) ? [] : [{ nations: leadsOf(state), domain: null }];
}

/** Nations that must consent because something of theirs is used or the act is their own. */
export function ownerNeeds(draft: Draft): readonly Nation[] {
  const { extension, inputs, outcome } = draft;
  const subject = subjectOf(extension);
  const acts =
    OWN_KINDS.includes(extension.kind) ||
    (extension.kind === 'membership' && extension.change.join !== undefined);
  return [
    ...new Set([
      ...(outcome === null ? [] : [outcome.originator]),
      ...inputs.map(({ originator }) => originator),
      ...(acts && subject !== undefined ? [subject] : []),
    ]),
  ];
}

/** A key that may approve: its nation, and the domains it speaks for (all when null). */
export interface ConsentKey {
  readonly publicKey: Uint8Array;
  readonly domains: readonly string[] | null;
}

/**
 * The key behind an authority that an entry names: of the configuration, of the joiner's own record,
 * or the nation's root in a credential change. Revocation is another question.
 */
export function consentKey(
  extension: Extension,
  state: SettledState,
  nation: Nation,
  kid: Kid,
): ConsentKey | undefined {
  const participant = participantOf(state, nation);
  const join = extension.kind === 'membership' ? extension.change.join : undefined;
  const joiner = join?.nation === nation ? join : undefined;
  const record = (participant ?? joiner)?.authorities.find((one) => one.kid === kid);
  if (record !== undefined) return record;
  if (extension.kind !== 'credential' || extension.nation !== nation) return undefined;
  const { rootKey } = extension;
  const rooted =
    rootKey !== undefined && thumbprint(rootKey) === kid && participant?.roots.includes(kid);
  return rooted === true ? { publicKey: rootKey, domains: null } : undefined;
}

/** Does a key of these domains meet a need for the domain? */
export function covers(key: ConsentKey, domain: string | null): boolean {
  return domain === null || key.domains === null || key.domains.includes(domain);
}

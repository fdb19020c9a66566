import type { Event, Parent } from '../domain/event.js';
import type { Op } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import type { ActParts } from './act-parts.js';
import { labelDominates } from './label-within.js';
import { originatorConsents } from './originator-consents.js';
import { RefusedError, refuse } from './refusals.js';
import type { EmitRequest } from './service.js';

/** What is to be published from the parents. */
export interface Derivation {
  readonly op: Op;
  readonly label: DigestedLabel;
  /** A signed act of this nation's authority may lower what this nation itself originated. */
  readonly byAuthority: boolean;
}

async function held(parts: ActParts, id: Event['id']): Promise<Event> {
  const stored = await parts.ports.log.event(id);
  if (stored !== undefined) return stored.event;
  return refuse('NOT_FOUND', 'parents', {
    rule: 'are events that this node holds',
    detail: id,
    remedy: 'entente events list',
  });
}

/** Nobody derives for readers whom the originators of the sources did not release them to. */
async function checkLabel(
  parts: ActParts,
  sources: readonly Event[],
  to: Derivation,
): Promise<void> {
  const { nation } = parts.config;
  const bound = sources.filter(({ payload }) => !(to.byAuthority && payload.nation === nation));
  if (bound.length === 0) return;
  for (const { payload } of bound) await parts.labels.get(payload.label.digest);
  const refusal = labelDominates(
    { labels: parts.labels, set: parts.config.policy },
    bound,
    { label: to.label, nation, field: 'label' },
    await originatorConsents(parts, to.op),
  );
  if (refusal !== undefined) throw new RefusedError(refusal);
}

/** The parents that a publication names, as links; its label dominates those it derives from. */
export async function parentsOf(
  parts: ActParts,
  named: NonNullable<EmitRequest['parents']>,
  to: Derivation,
): Promise<readonly Parent[]> {
  const parents: Parent[] = [];
  const sources: Event[] = [];
  for (const { id, relation } of named) {
    const event = await held(parts, id);
    const { role, nation, label } = event.payload;
    parents.push({ form: 'clear', id, relation, role, nation, label: label.digest });
    if (relation === 'derived-from') sources.push(event);
  }
  await checkLabel(parts, sources, to);
  return parents;
}

import type { MergeSource } from '../core/labels/index.js';
import { mergeLabels } from '../core/labels/index.js';
import type { PolicySet } from '../core/policy/index.js';
import type { OpenedConsent, OpenedInput, OpenedOutcome } from '../core/settlement/index.js';
import { OPEN_LABEL, decodeLabel } from '../domain/codec/label.js';
import type { Event } from '../domain/event.js';
import type { Nation } from '../domain/ids.js';
import type { DigestedLabel, Label } from '../domain/label.js';
import type { LabelPolicy } from '../domain/release.js';
import type { Refusal } from '../domain/refusal.js';
import type { LabelBook } from './label-book.js';
import { appRefusal } from './refusals.js';

function rank(label: Label, policy: LabelPolicy): number {
  return policy.classifications.find(({ name }) => name === label.classification)?.hierarchy ?? -1;
}

function values(label: Label, tag: string): readonly string[] {
  return label.categories.find((category) => category.tag === tag)?.values ?? [];
}

/** The label a source counts as: its own, or what its originator consented to for this use. */
function allowed(
  label: Label,
  { id, payload }: Event,
  requester: Nation,
  consents: readonly OpenedConsent[],
): Label {
  const consent = consents.find(
    ({ admitted, content }) =>
      content.source === id &&
      admitted.event.payload.nation === payload.nation &&
      content.sourceLabel === payload.label.digest &&
      content.requester === requester,
  );
  const max = consent && decodeLabel(consent.content.maxLabel);
  return max?.ok ? max.value.label : label;
}

/** Whether no reader of `inner` is outside `outer`, and its class and controls are at least as high. */
function within(
  inner: Label,
  outer: Label,
  policy: LabelPolicy,
  owner: Nation,
): string | undefined {
  if (rank(inner, policy) < rank(outer, policy)) {
    return `${inner.classification} is below ${outer.classification}`;
  }
  const readers = values(outer, 'Release');
  const wider = values(inner, 'Release').find((code) => !readers.includes(code) && code !== owner);
  if (wider !== undefined) return `${wider} is not among ${readers.join(', ')}`;
  for (const tag of policy.tags.filter(({ type }) => type === 'restrictive')) {
    const lost = values(outer, tag.name).find((v) => !values(inner, tag.name).includes(v));
    if (lost !== undefined) return `${tag.name} ${lost} is dropped`;
  }
  return undefined;
}

/** A derived product: its label, the nation that derives, and the field that states the label. */
export interface Derived {
  readonly label: DigestedLabel | undefined;
  readonly nation: Nation;
  readonly field: string;
}

/**
 * Whether the label of a derived product dominates its sources': the strict merge of their labels,
 * each replaced by the label that its originator's consent allows for this nation. The labels of
 * the sources have been asked for before.
 */
export function labelDominates(
  by: { readonly labels: LabelBook; readonly set: PolicySet },
  from: readonly Event[],
  { label: target, nation, field }: Derived,
  consents: readonly OpenedConsent[],
): Refusal | undefined {
  const { labels, set } = by;
  const sources: MergeSource[] = [];
  for (const event of from) {
    const { digest } = event.payload.label;
    // What is open to all binds nobody who derives from it.
    if (digest === OPEN_LABEL.digest) continue;
    const label = labels.known(digest)?.label;
    if (label === undefined) return refusal(field, 'a label of an input is not held');
    sources.push({
      label: allowed(label, event, nation, consents),
      owner: event.payload.nation,
    });
  }
  const [first, ...rest] = sources;
  if (first === undefined) return undefined;
  const policy = target && set.policies.get(target.label.policy.name);
  if (target === undefined || policy === undefined) {
    return refusal(
      field,
      `${target?.label.classification ?? 'unknown'} is of no policy that merges`,
    );
  }
  const merged = mergeLabels([first, ...rest], policy, {
    owner: nation,
    created: target.label.created,
  });
  if (merged.kind === 'no-release') {
    return refusal(field, `no common reader; asks ${merged.needs.join(', ')}`);
  }
  if (merged.kind === 'policy-decision') return refusal(field, merged.why);
  const problem = within(target.label, merged.label, policy, nation);
  return problem === undefined ? undefined : refusal(field, problem);
}

/** Whether an outcome's label dominates its inputs', as `labelDominates` has it. */
export function labelWithin(
  by: { readonly labels: LabelBook; readonly set: PolicySet },
  inputs: readonly OpenedInput[],
  outcome: OpenedOutcome,
  consents: readonly OpenedConsent[],
): Refusal | undefined {
  const { label, nation } = outcome.admitted.event.payload;
  return labelDominates(
    by,
    inputs.map(({ admitted }) => admitted.event),
    { label: by.labels.known(label.digest), nation, field: 'outcome.label' },
    consents,
  );
}

function refusal(field: string, detail: string): Refusal {
  return appRefusal('LABEL_NOT_DOMINATED', field, {
    rule: 'dominates the labels of its sources, or their originators consented to it',
    detail,
    authority: 'originators of the sources',
    remedy: "narrow the label, or obtain the originators' consent (entente consent grant)",
  });
}

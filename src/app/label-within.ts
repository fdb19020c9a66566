import type { MergeSource } from '../core/labels/index.js';
import { mergeLabels } from '../core/labels/index.js';
import type { PolicySet } from '../core/policy/index.js';
import type { OpenedConsent, OpenedInput, OpenedOutcome } from '../core/settlement/index.js';
import { decodeLabel } from '../domain/codec/label.js';
import type { Nation } from '../domain/ids.js';
import type { Label } from '../domain/label.js';
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
  input: OpenedInput,
  outcome: OpenedOutcome,
  consents: readonly OpenedConsent[],
): Label {
  const { event } = input.admitted;
  const consent = consents.find(
    ({ admitted, content }) =>
      content.source === event.id &&
      admitted.event.payload.nation === event.payload.nation &&
      content.sourceLabel === event.payload.label.digest &&
      content.requester === outcome.admitted.event.payload.nation,
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

/**
 * Whether an outcome's label dominates its inputs': the strict merge of their labels, each replaced
 * by the label that its originator's consent allows for this requester.
 */
export function labelWithin(
  by: { readonly labels: LabelBook; readonly set: PolicySet },
  inputs: readonly OpenedInput[],
  outcome: OpenedOutcome,
  consents: readonly OpenedConsent[],
): Refusal | undefined {
  const { labels, set } = by;
  const target = labels.known(outcome.admitted.event.payload.label.digest)?.label;
  const policy = target && set.policies.get(target.policy.name);
  const sources: MergeSource[] = [];
  for (const input of inputs) {
    const label = labels.known(input.admitted.event.payload.label.digest)?.label;
    if (label === undefined) return refusal('a label of an input is not held');
    sources.push({
      label: allowed(label, input, outcome, consents),
      owner: input.admitted.event.payload.nation,
    });
  }
  const [first, ...rest] = sources;
  if (first === undefined) return undefined;
  if (target === undefined || policy === undefined)
    return refusal('the outcome has no known policy');
  const owner = outcome.admitted.event.payload.nation;
  const merged = mergeLabels([first, ...rest], policy, { owner, created: target.created });
  if (merged.kind === 'no-release')
    return refusal(`no common reader; asks ${merged.needs.join(', ')}`);
  if (merged.kind === 'policy-decision') return refusal(merged.why);
  const problem = within(target, merged.label, policy, owner);
  return problem === undefined ? undefined : refusal(problem);
}

function refusal(detail: string): Refusal {
  return appRefusal('LABEL_NOT_DOMINATED', 'outcome.label', {
    rule: 'dominates the labels of its inputs, or their originators consented to it',
    detail,
    authority: 'originators of the inputs',
    remedy: "narrow the outcome's label, or obtain the originators' consent",
  });
}

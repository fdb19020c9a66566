import type { Category, Label } from '../../domain/label.js';
import type { Nation } from '../../domain/ids.js';
import { isNation } from '../../domain/ids.js';
import type { LabelPolicy, PolicyTag } from '../../domain/release.js';
import { labelFaults } from './validity.js';

/** What the label of a derived product must be at least. */
export type Merged =
  | { readonly kind: 'label'; readonly label: Label }
  /** The sources share no reader: the originators named have to decide. */
  | { readonly kind: 'no-release'; readonly needs: readonly Nation[] }
  | { readonly kind: 'policy-decision'; readonly why: string };

/** A source: its label, and the nation that owns it. */
export interface MergeSource {
  readonly label: Label;
  readonly owner: Nation;
}

function valuesOf({ label, owner }: MergeSource, tag: PolicyTag): readonly string[] | 'all' {
  const found = label.categories.find((c) => c.tag === tag.name && c.type === tag.type);
  if (found !== undefined) return found.values;
  // An absent release tag means the owner's own parties, never "unrestricted".
  return tag.absent === 'owner-only' ? [owner] : 'all';
}

function intersection(sets: readonly (readonly string[] | 'all')[]): readonly string[] | 'all' {
  const bounded = sets.filter((set) => set !== 'all');
  const [first, ...rest] = bounded;
  if (first === undefined) return 'all';
  return first.filter((value) => rest.every((set) => set.includes(value)));
}

function mergeTag(tag: PolicyTag, sources: readonly MergeSource[]): Category | 'empty' | undefined {
  const sets = sources.map((source) => valuesOf(source, tag));
  if (tag.type === 'permissive') {
    const values = intersection(sets);
    if (values === 'all') return undefined;
    if (values.length === 0) return 'empty';
    return { type: tag.type, tag: tag.name, uri: tag.uri, values: [...values].sort() };
  }
  const union = [...new Set(sets.flatMap((set) => (set === 'all' ? [] : set)))].sort();
  if (union.length === 0) return undefined;
  return { type: tag.type, tag: tag.name, uri: tag.uri, values: union };
}

/**
 * Strict merge of labels of one policy: highest classification, release sets intersected (an empty
 * intersection is NO RELEASE and permits nobody), restrictive values united. Ownership goes to the
 * deriving nation. Commutative, associative and idempotent over the set of sources.
 */
export function mergeLabels(
  sources: readonly [MergeSource, ...MergeSource[]],
  policy: LabelPolicy,
  target: { readonly owner: Nation; readonly created: string },
): Merged {
  const foreign = sources.find(({ label }) => label.policy.name !== policy.name);
  if (foreign !== undefined) {
    return { kind: 'policy-decision', why: `no mapping from ${foreign.label.policy.name}` };
  }
  const ranked = sources.map(({ label }) =>
    policy.classifications.find(({ name }) => name === label.classification),
  );
  if (ranked.some((entry) => entry === undefined)) {
    return { kind: 'policy-decision', why: 'a classification is not of the policy' };
  }
  const top = Math.max(...ranked.map((entry) => entry?.hierarchy ?? 0));
  const classes = policy.classifications.filter(({ hierarchy }) => hierarchy === top);
  const classification = classes[0]?.name;
  if (classification === undefined || classes.length > 1) {
    return { kind: 'policy-decision', why: 'two classifications of equal hierarchy' };
  }
  const categories: Category[] = [];
  for (const tag of policy.tags) {
    if (tag.name === 'Ownership') continue;
    const merged = mergeTag(tag, sources);
    if (merged === 'empty') {
      return { kind: 'no-release', needs: [...new Set(sources.map(({ owner }) => owner))].sort() };
    }
    if (merged !== undefined) categories.push(merged);
  }
  const ownership = policy.tags.find(({ name }) => name === 'Ownership');
  if (ownership !== undefined) {
    const { type, name, uri } = ownership;
    categories.unshift({ type, tag: name, uri, values: [target.owner] });
  }
  const label: Label = {
    kind: 'originator',
    policy: { name: policy.name, uri: policy.uri },
    classification,
    categories,
    created: target.created,
  };
  // Once, at the end: validating pair by pair would make the result depend on the order.
  const [fault] = labelFaults(label, policy);
  return fault === undefined
    ? { kind: 'label', label }
    : { kind: 'policy-decision', why: `${fault.rule}: ${fault.detail}` };
}

/** The nation that a label's Ownership tag names, if it names one. */
export function ownerOf(label: Label): Nation | undefined {
  const owner = label.categories.find(({ tag }) => tag === 'Ownership')?.values[0];
  return owner !== undefined && isNation(owner) ? owner : undefined;
}

import type { Category, Label } from '../../domain/label.js';
import { isNation } from '../../domain/ids.js';
import type { LabelPolicy, PolicyTag } from '../../domain/release.js';

/** A rule of the policy that a label breaks. */
export interface LabelFault {
  readonly code: 'POLICY' | 'CLASS' | 'UNKNOWN_TAG' | 'LABEL_INVALID';
  readonly tag?: string;
  readonly rule: string;
  readonly detail: string;
}

function knows(tag: PolicyTag, value: string): boolean {
  const nations = tag.values === null || tag.orNation === true;
  return (nations && isNation(value)) || (tag.values?.includes(value) ?? false);
}

function tagFaults(category: Category, tag: PolicyTag | undefined): readonly LabelFault[] {
  if (tag === undefined) {
    return [
      {
        code: 'UNKNOWN_TAG',
        tag: category.tag,
        rule: 'the tag is of the policy, with its type',
        detail: `${category.type} ${category.tag}`,
      },
    ];
  }
  const faults: LabelFault[] = category.values
    .filter((value) => !knows(tag, value))
    .map((value) => ({
      code: 'UNKNOWN_TAG',
      tag: tag.name,
      rule: 'the value is one that the policy knows',
      detail: `${tag.name} ${value}`,
    }));
  if (category.values.length === 0 || (tag.single && category.values.length > 1)) {
    const rule = tag.single ? 'has exactly one value' : 'has a value';
    faults.push({ code: 'LABEL_INVALID', tag: tag.name, rule, detail: tag.name });
  }
  return faults;
}

function repeats(values: readonly string[]): boolean {
  return new Set(values).size !== values.length;
}

/** Every rule of the policy that the label breaks; empty when it is valid. */
export function labelFaults(label: Label, policy: LabelPolicy): readonly LabelFault[] {
  const faults: LabelFault[] = [];
  const { name, uri } = label.policy;
  if (name !== policy.name || (uri !== null && uri !== policy.uri)) {
    faults.push({
      code: 'POLICY',
      rule: 'names the policy and its identifier',
      detail: `${name} ${uri ?? ''}`.trim(),
    });
  }
  if (!policy.classifications.some((c) => c.name === label.classification)) {
    faults.push({
      code: 'CLASS',
      rule: 'is a classification of the policy',
      detail: label.classification,
    });
  }
  for (const [i, category] of label.categories.entries()) {
    const same = (c: Category): boolean => c.tag === category.tag && c.type === category.type;
    if (label.categories.findIndex(same) !== i || repeats(category.values)) {
      faults.push({
        code: 'LABEL_INVALID',
        tag: category.tag,
        rule: 'stands once, each value once',
        detail: `${category.type} ${category.tag}`,
      });
    }
    const tag = policy.tags.find((t) => t.name === category.tag && t.type === category.type);
    faults.push(...tagFaults(category, tag));
  }
  if (Number.isNaN(Date.parse(label.created))) {
    const rule = 'is dated by an instant';
    faults.push({ code: 'LABEL_INVALID', rule, detail: label.created });
  }
  for (const tag of policy.tags.filter((t) => t.required)) {
    if (!label.categories.some((c) => c.tag === tag.name)) {
      faults.push({
        code: 'LABEL_INVALID',
        tag: tag.name,
        rule: 'is present',
        detail: tag.name,
      });
    }
  }
  return faults;
}

import { compareText } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import type { Category, Label } from '../../domain/label.js';
import { isNation } from '../../domain/ids.js';
import type { LabelPolicy, PolicyTag } from '../../domain/release.js';

/**
 * Markings of the mission policy, the form people read and type:
 *
 *     marking := owner SP class [SP caveats] [SP "REL TO" SP code *("," SP code)]
 *     caveats := caveat *("/" caveat)
 *
 * `owner` is a nation, or the policy's name where the label names no owner. Access is never decided
 * from text.
 */

const RELEASE = 'Release';
const OWNERSHIP = 'Ownership';
const SEPARATOR = ' REL TO ';

function valuesOf(label: Label, tag: string): readonly string[] {
  return label.categories.find((c) => c.tag === tag)?.values ?? [];
}

function caveatTags(policy: LabelPolicy): readonly PolicyTag[] {
  return policy.tags.filter((tag) => tag.name !== RELEASE && tag.name !== OWNERSHIP);
}

/** The marking of a label in policy order. */
export function printMarking(label: Label, policy: LabelPolicy): string {
  const owner = valuesOf(label, OWNERSHIP)[0] ?? label.policy.name;
  const caveats = caveatTags(policy).flatMap((tag) =>
    (tag.values ?? []).filter((value) => valuesOf(label, tag.name).includes(value)),
  );
  const release = [...valuesOf(label, RELEASE)].sort(compareText);
  return [
    owner,
    label.classification,
    caveats.join('/'),
    release.length === 0 ? '' : `REL TO ${release.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

export interface MarkingFault {
  readonly rule: string;
  readonly detail: string;
}

function fault(rule: string, detail: string): Result<never, MarkingFault> {
  return err({ rule, detail });
}

function releaseFrom(text: string | undefined): Result<readonly string[], MarkingFault> {
  if (text === undefined) return ok([]);
  const codes = text.split(', ');
  const bad = codes.find((code) => !isNation(code));
  if (bad !== undefined) return fault('REL TO names nations by ISO 3166-1 alpha-3', bad);
  if (new Set(codes).size !== codes.length) return fault('REL TO names each nation once', text);
  return ok([...codes].sort(compareText));
}

function caveatsFrom(text: string, policy: LabelPolicy): Result<readonly Category[], MarkingFault> {
  const words = text === '' ? [] : text.split('/');
  const unknown = words.find((w) => !caveatTags(policy).some((t) => t.values?.includes(w)));
  if (unknown !== undefined) return fault('a caveat is one that the policy knows', unknown);
  if (new Set(words).size !== words.length) return fault('a caveat stands once', text);
  const categories = caveatTags(policy).map((tag) => ({
    type: tag.type,
    tag: tag.name,
    uri: tag.uri,
    values: (tag.values ?? []).filter((value) => words.includes(value)),
  }));
  return ok(categories.filter(({ values }) => values.length > 0));
}

function category(policy: LabelPolicy, name: string, values: readonly string[]): Category[] {
  const tag = policy.tags.find((t) => t.name === name);
  if (tag === undefined || values.length === 0) return [];
  return [{ type: tag.type, tag: tag.name, uri: tag.uri, values }];
}

/** The label that a marking means, made at `created`. Refuses what it does not know. */
export function parseMarking(
  marking: string,
  policy: LabelPolicy,
  created: string,
): Result<Label, MarkingFault> {
  const [head = '', tail, ...more] = marking.trim().replace(/\s+/g, ' ').split(SEPARATOR);
  if (more.length > 0) return fault('REL TO stands once', marking);
  const [owner = '', ...words] = head.split(' ');
  const owned = owner !== policy.name;
  const owners = policy.tags.find((tag) => tag.name === OWNERSHIP)?.values ?? [];
  if (owned && !isNation(owner) && !owners.includes(owner)) {
    return fault(
      `begins with the owner: ${[policy.name, ...owners].join(', ')} or a nation`,
      owner,
    );
  }
  const rest = words.join(' ');
  const classification = policy.classifications
    .map(({ name }) => name)
    .filter((name) => rest === name || rest.startsWith(`${name} `))
    .sort((a, b) => b.length - a.length)[0];
  if (classification === undefined) {
    const known = policy.classifications.map(({ name }) => name).join(', ');
    return fault(`the owner is followed by a classification: ${known}`, rest);
  }
  const caveats = caveatsFrom(rest.slice(classification.length).trim(), policy);
  if (!caveats.ok) return caveats;
  const release = releaseFrom(tail);
  if (!release.ok) return release;
  return ok({
    kind: 'originator',
    policy: { name: policy.name, uri: policy.uri },
    classification,
    categories: [
      ...category(policy, OWNERSHIP, owned ? [owner] : []),
      ...category(policy, RELEASE, release.value),
      ...caveats.value,
    ],
    created,
  });
}

import { compareText } from '../../base/bytes.js';
import type { Clearance } from '../credential.js';
import type { Cbor } from './dcbor.js';
import { SchemaError, asArray, asMap, asText, asTuple } from './reader.js';

/** Codec of a clearance: `{ policy id: [[classification …], { tag: [value …] }] }`. */
export function clearanceToCbor(clearance: Clearance): Cbor {
  return new Map(
    [...clearance].map(([policy, { classifications, tags }]) => [
      policy,
      [classifications, new Map([...tags])],
    ]),
  );
}

const TEXTS_MAX = 256;

export function textsFrom(value: Cbor | undefined, field: string): readonly string[] {
  return asArray(value, field, TEXTS_MAX).map((item) => asText(item, field, 256));
}

/** Texts that stand sorted and once each, so that equal lists have equal bytes. */
export function sortedTextsFrom(value: Cbor | undefined, field: string): readonly string[] {
  const texts = textsFrom(value, field);
  if (texts.some((text, i) => i > 0 && compareText(texts[i - 1] ?? '', text) >= 0)) {
    throw new SchemaError(field, 'is sorted, each value once');
  }
  return texts;
}

function keyText(key: number | string, field: string): string {
  if (typeof key !== 'string') throw new SchemaError(field, 'has text keys');
  return key;
}

export function clearanceFrom(value: Cbor | undefined, field: string): Clearance {
  const out = new Map<
    string,
    { classifications: readonly string[]; tags: ReadonlyMap<string, readonly string[]> }
  >();
  for (const [key, item] of asMap(value, field)) {
    const policy = keyText(key, field);
    const [classifications, tags] = asTuple(item, `${field}.${policy}`, 2);
    const values = new Map<string, readonly string[]>();
    for (const [tag, list] of asMap(tags, `${field}.${policy}`)) {
      values.set(keyText(tag, field), textsFrom(list, `${field}.${policy}.${String(tag)}`));
    }
    out.set(policy, { classifications: textsFrom(classifications, field), tags: values });
  }
  return out;
}

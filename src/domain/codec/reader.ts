import type { Cbor, CborMap } from './dcbor.js';

/** Raised inside decoders only, and turned into a refusal at their door: names the field and the rule. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly field: string;
  readonly rule: string;

  constructor(field: string, rule: string) {
    super(`${field}: ${rule}`);
    this.field = field;
    this.rule = rule;
  }
}

/** Reads values out of decoded CBOR with one named refusal per field. */
export function asMap(value: Cbor | undefined, field: string): CborMap {
  if (!(value instanceof Map)) throw new SchemaError(field, 'is a map');
  return value as CborMap;
}

export function asArray(value: Cbor | undefined, field: string, max = Infinity): readonly Cbor[] {
  if (!Array.isArray(value)) throw new SchemaError(field, 'is an array');
  if (value.length > max) throw new SchemaError(field, `has at most ${String(max)} elements`);
  return value as readonly Cbor[];
}

export function asTuple(value: Cbor | undefined, field: string, length: number): readonly Cbor[] {
  const array = asArray(value, field);
  if (array.length !== length) throw new SchemaError(field, `has ${String(length)} elements`);
  return array;
}

export function asUint(
  value: Cbor | undefined,
  field: string,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number' || value < 0)
    throw new SchemaError(field, 'is an unsigned integer');
  if (value > max) throw new SchemaError(field, `is at most ${String(max)}`);
  return value;
}

export function asText(value: Cbor | undefined, field: string, maxLength = 1024): string {
  if (typeof value !== 'string') throw new SchemaError(field, 'is text');
  if (value.length > maxLength) {
    throw new SchemaError(field, `has at most ${String(maxLength)} characters`);
  }
  return value;
}

export function asBytes(value: Cbor | undefined, field: string, length?: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SchemaError(field, 'is a byte string');
  if (length !== undefined && value.length !== length) {
    throw new SchemaError(field, `is ${String(length)} bytes`);
  }
  return value;
}

/** Refuses keys outside `known`: version-1 objects have no room for unknown ones. */
export function onlyKeys(map: CborMap, field: string, known: readonly (number | string)[]): void {
  for (const key of map.keys()) {
    if (!known.includes(key))
      throw new SchemaError(`${field}.${String(key)}`, 'is not a known key');
  }
}

/** The element of an ordered list of names that a wire number stands for. */
export function asNamed<T extends string>(
  value: Cbor | undefined,
  field: string,
  names: readonly T[],
): T {
  const name = names[asUint(value, field)];
  if (name === undefined) throw new SchemaError(field, `is one of 0..${String(names.length - 1)}`);
  return name;
}

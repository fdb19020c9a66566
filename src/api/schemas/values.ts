import { z } from 'zod';
import { fromHex } from '../../base/bytes.js';
import type { Clearance } from '../../domain/credential.js';
import type { ClearanceBody } from '../../domain/requests.js';
import type { Nation } from '../../domain/ids.js';

/** Building blocks of request schemas: each says what is asked in the words of the refusal. */

const HEX = /^(?:[0-9a-f]{2})*$/;

/** An id of `size` bytes in lower-case hex. */
export function hexId<T extends string>(size = 32): z.ZodType<T, string> {
  return z
    .string()
    .length(2 * size, `is ${String(size)} bytes of lower-case hex`)
    .regex(HEX, `is ${String(size)} bytes of lower-case hex`)
    .transform((text) => text as T);
}

/** Bytes in lower-case hex, at most `max` of them. */
export function hexBytes(max: number): z.ZodType<Uint8Array, string> {
  return z
    .string()
    .max(2 * max, `is at most ${String(max)} bytes`)
    .regex(HEX, 'is lower-case hex')
    .transform(fromHex);
}

/** Exactly `size` bytes in lower-case hex. */
export function hexBytesOf(size: number): z.ZodType<Uint8Array, string> {
  return z
    .string()
    .length(2 * size, `is ${String(size)} bytes of lower-case hex`)
    .regex(HEX, 'is lower-case hex')
    .transform(fromHex);
}

export const nationCode: z.ZodType<Nation, string> = z
  .string()
  .regex(/^[A-Z]{3}$/, 'is an ISO 3166-1 alpha-3 code in upper case')
  .transform((text) => text as Nation);

/** One line of text for people, as it is written: bounded and in NFC. */
export function line(max: number): z.ZodType<string, string> {
  return z
    .string()
    .min(1, 'is not empty')
    .max(max, `has at most ${String(max)} characters`)
    .refine((text) => text === text.normalize('NFC'), 'is in Unicode form NFC');
}

export const labelText = line(4096);
export const seconds = z.int().min(0);
export const milliseconds = z.int().min(0);

/** One of the names of a closed list, told in the refusal. */
export function oneOf<T extends string>(names: readonly [T, ...T[]]): z.ZodType<T, T> {
  return z.enum(names, { error: `is one of ${names.join(', ')}` });
}

export function namesOf<T extends string>(names: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = names;
  if (first === undefined) throw new RangeError('a closed list has a first name');
  return [first, ...rest];
}

export const clearance: z.ZodType<Clearance, ClearanceBody> = z
  .record(
    line(256),
    z.strictObject({
      classifications: z.array(line(256)).max(64).readonly(),
      tags: z.record(line(256), z.array(line(256)).max(256).readonly()).readonly(),
    }),
  )
  .transform(
    (body) =>
      new Map(
        Object.entries(body).map(([policy, { classifications, tags }]) => [
          policy,
          { classifications, tags: new Map(Object.entries(tags)) },
        ]),
      ),
  );

import { z } from 'zod';
import type { EmitRequest, IngestRequest } from '../../app/service.js';
import type { EventType } from '../../domain/event-types.js';
import { EVENT_TYPES } from '../../domain/event-types.js';
import { PRECEDENCES, RELATIONS } from '../../domain/event.js';
import type { EventId, Nation, Op } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { EmitBody } from '../../domain/requests.js';
import { hexId, labelText, line, milliseconds, namesOf, nationCode, oneOf } from './values.js';

export const eventType = oneOf(namesOf(Object.keys(EVENT_TYPES) as EventType[]));

const content = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string().min(1, 'is not empty').max(LIMITS.plaintextBytesMax),
    contentType: line(256).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('fields'),
    fields: z.record(z.string(), z.unknown()),
  }),
]);

export const emitSchema = z.strictObject({
  op: hexId<Op>(16).exactOptional(),
  type: eventType,
  label: labelText,
  content,
  parents: z
    .array(z.strictObject({ id: hexId<EventId>(), relation: oneOf(namesOf(RELATIONS)) }))
    .max(LIMITS.parentsMax)
    .readonly()
    .exactOptional(),
  precedence: oneOf(namesOf(PRECEDENCES)).exactOptional(),
  notAfterMs: milliseconds.exactOptional(),
}) satisfies z.ZodType<EmitRequest, EmitBody>;

/** A whole number in a query string. */
const count = (max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'is a whole number')
    .transform(Number)
    .refine((value) => value <= max, `is at most ${String(max)}`);

/** Events of one answer: a page, not the log. */
const PAGE_MAX = 10_000;

export const eventQuery = z.strictObject({
  nation: nationCode.exactOptional(),
  type: eventType.exactOptional(),
  op: hexId<Op>(16).exactOptional(),
  from: count(Number.MAX_SAFE_INTEGER).exactOptional(),
  limit: count(PAGE_MAX).exactOptional(),
});

export interface IngestQuery {
  readonly label: string;
  readonly op?: Op;
  readonly attestedFor?: NonNullable<IngestRequest['attestedFor']>;
}

const PARTS = ['partner', 'channel', 'authority'] as const;

/** A partner's feed names partner, channel and authority: all three or none. */
export const ingestQuery = z
  .strictObject({
    label: labelText,
    op: hexId<Op>(16).exactOptional(),
    partner: nationCode.exactOptional(),
    channel: line(256).exactOptional(),
    authority: line(256).exactOptional(),
  })
  .transform((query, context): IngestQuery => {
    const { label, op, partner, channel, authority } = query;
    const base = { label, ...(op === undefined ? {} : { op }) };
    const given = PARTS.filter((part) => query[part] !== undefined);
    if (partner !== undefined && channel !== undefined && authority !== undefined) {
      return { ...base, attestedFor: { partner: partner satisfies Nation, channel, authority } };
    }
    const missing = PARTS.find((part) => query[part] === undefined);
    if (given.length > 0 && missing !== undefined) {
      context.addIssue({
        code: 'custom',
        path: [missing],
        message: 'is given together with partner, channel and authority',
      });
    }
    return base;
  });

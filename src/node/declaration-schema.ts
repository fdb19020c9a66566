import { z } from 'zod';
import { namesOf, nationCode, oneOf } from '../api/schemas/values.js';
import { ROLES } from '../domain/event.js';
import { SETTLEMENT_KINDS } from '../domain/settlement.js';
import type { SettlementKind } from '../domain/settlement.js';

const text = z.string().min(1, 'is not empty').max(4096);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is 32 bytes of lower-case hex');
const kinds = namesOf(Object.keys(SETTLEMENT_KINDS) as SettlementKind[]);

const participant = z.strictObject({
  nation: nationCode,
  role: oneOf(namesOf(ROLES)),
  /** Credential files, relative to the declaration; absent: what the home and the node hold. */
  root: text.exactOptional(),
  authorities: z.array(text).min(1).max(32).exactOptional(),
  replica: text.exactOptional(),
});

/** `{nation: JPN, domain: operations}` or `{part: lead, domain: operations}`. */
const need = z.union([
  z.strictObject({ nation: nationCode, domain: text }),
  z.strictObject({ part: oneOf(['lead', 'outcome-originator', 'subject']), domain: text }),
]);

/** An operation declaration as people write it. */
export const declarationYaml = z.strictObject({
  title: text.max(256),
  /** Label of the declaration event, and of settled records unless `purposeLabel` says otherwise. */
  label: text,
  purposeLabel: text.exactOptional(),
  quorum: oneOf(['bft', 'cft']).exactOptional(),
  participants: z
    .array(participant)
    .min(1)
    .max(31)
    .refine((all) => new Set(all.map(({ nation }) => nation)).size === all.length, {
      error: 'names each nation once',
    })
    .refine((all) => all.some(({ role }) => role === 'lead'), { error: 'names a lead' }),
  authorityMap: z.partialRecord(z.enum(kinds), z.array(need)).exactOptional(),
  pinned: z.array(digest).max(256).exactOptional(),
  rulesVersion: z.int().min(1).exactOptional(),
  nonce: z
    .string()
    .regex(/^[0-9a-f]{32}$/, 'is 16 bytes of lower-case hex')
    .exactOptional(),
});

export type DeclarationYaml = z.output<typeof declarationYaml>;

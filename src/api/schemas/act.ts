import { z } from 'zod';
import type { ActRequest } from '../../app/service.js';
import { CREDENTIAL_KINDS } from '../../domain/credential.js';
import type { CoreId, DeclarationDigest, EventId, Kid, Op } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type { ActBody } from '../../domain/requests.js';
import { declarationSchema, settlementKind } from './declaration.js';
import { emitSchema } from './event.js';
import {
  clearance,
  hexBytes,
  hexBytesOf,
  hexId,
  labelText,
  line,
  namesOf,
  nationCode,
  oneOf,
  seconds,
} from './values.js';

const credential = hexBytes(LIMITS.credentialBytesMax);

const propose = z.strictObject({
  act: z.literal('propose'),
  op: hexId<Op>(16).exactOptional(),
  kind: settlementKind,
  inputs: z
    .array(z.strictObject({ event: hexId<EventId>(), mode: oneOf(['cites', 'consumes']) }))
    .max(LIMITS.entryInputsMax)
    .readonly(),
  label: labelText,
  reason: line(4096),
  pathway: hexId<DeclarationDigest>().exactOptional(),
  run: hexId(16).exactOptional(),
  step: line(128).exactOptional(),
  asset: line(256).exactOptional(),
  expiresInHeights: z.int().min(1).max(1_000_000).exactOptional(),
});

const trust = z.strictObject({
  act: z.literal('trust'),
  root: credential,
  entry: z.strictObject({
    coi: z.array(line(64)).max(64).readonly(),
    kinds: z.array(oneOf(namesOf(CREDENTIAL_KINDS))).readonly(),
    clearance,
    notBefore: seconds,
    expires: seconds,
  }),
});

const consent = z.strictObject({
  act: z.literal('consent'),
  op: hexId<Op>(16).exactOptional(),
  event: hexId<EventId>(),
  requester: nationCode,
  recipients: z.array(nationCode).min(1).max(LIMITS.membersMax).readonly(),
  purpose: line(1024),
  maxLabel: labelText,
  label: labelText,
});

/** Every human act, by its `act`. */
export const actSchema: z.ZodType<ActRequest, ActBody> = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('publish-credential'), credential }),
  trust,
  z.strictObject({ act: z.literal('untrust'), nation: nationCode }),
  z.strictObject({
    act: z.literal('declare'),
    declaration: declarationSchema,
    label: labelText,
  }),
  z.strictObject({ act: z.literal('accept'), declaration: hexId<DeclarationDigest>() }),
  z.strictObject({ act: z.literal('emit'), event: emitSchema }),
  consent,
  propose,
  z.strictObject({ act: z.literal('approve'), settlement: hexId<CoreId>() }),
  z.strictObject({
    act: z.literal('refuse'),
    settlement: hexId<CoreId>(),
    reason: line(4096),
  }),
]);

export const startActSchema = z.strictObject({ request: actSchema, kid: hexId<Kid>() });
export const signatureSchema = z.strictObject({ signature: hexBytesOf(64) });

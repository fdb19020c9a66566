import { z } from 'zod';
import { ROLES } from '../../domain/event.js';
import type { CredentialDigest, DeclarationDigest, Kid } from '../../domain/ids.js';
import { LIMITS } from '../../domain/limits.js';
import type {
  ApprovalNeed,
  AuthorityRecord,
  OperationDeclaration,
  Participant,
} from '../../domain/operation.js';
import type { ApprovalNeedBody, DeclarationBody, ParticipantBody } from '../../domain/requests.js';
import { SETTLEMENT_KINDS } from '../../domain/settlement.js';
import type { SettlementKind } from '../../domain/settlement.js';
import { hexBytes, hexBytesOf, hexId, line, namesOf, nationCode, oneOf } from './values.js';

/** Bounds of one participant: an office or two per domain, a root and its successor. */
const AUTHORITIES_MAX = 32;
const ROOTS_MAX = 4;

const authority: z.ZodType<AuthorityRecord, ParticipantBody['authorities'][number]> =
  z.strictObject({
    kid: hexId<Kid>(),
    publicKey: hexBytesOf(32),
    credential: hexId<CredentialDigest>(),
    domains: z.array(line(128)).max(64).readonly(),
  });

const participant: z.ZodType<Participant, ParticipantBody> = z.strictObject({
  nation: nationCode,
  role: oneOf(namesOf(ROLES)),
  roots: z.array(hexId<Kid>()).min(1).max(ROOTS_MAX).readonly(),
  authorities: z.array(authority).min(1).max(AUTHORITIES_MAX).readonly(),
  replica: z
    .strictObject({ consensusKey: hexBytesOf(32), credential: hexId<CredentialDigest>() })
    .exactOptional(),
});

const need: z.ZodType<ApprovalNeed, ApprovalNeedBody> = z.strictObject({
  of: z.union([
    z.strictObject({ nation: nationCode }),
    z.strictObject({ part: oneOf(['lead', 'outcome-originator', 'subject']) }),
  ]),
  domain: line(128),
});

export const settlementKind = oneOf(namesOf(Object.keys(SETTLEMENT_KINDS) as SettlementKind[]));

const authorityMap = z
  .array(z.strictObject({ kind: settlementKind, needs: z.array(need).max(64).readonly() }))
  .refine((rows) => new Set(rows.map((row) => row.kind)).size === rows.length, {
    error: 'names each kind of settlement once',
  })
  .transform((rows) => new Map(rows.map((row) => [row.kind, row.needs])));

export const declarationSchema: z.ZodType<OperationDeclaration, DeclarationBody> = z.strictObject({
  title: line(256),
  purposeLabel: hexBytes(LIMITS.labelBytesMax),
  participants: z.array(participant).min(1).max(LIMITS.membersMax).readonly(),
  quorumProfile: oneOf(['bft', 'cft']),
  authorityMap: authorityMap,
  rulesVersion: z.int().min(1),
  pinned: z.array(hexId<DeclarationDigest>()).max(256).readonly(),
  nonce: hexBytesOf(16),
});

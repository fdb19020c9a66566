import type { Role } from '../event.js';
import { ROLES } from '../event.js';
import type { CredentialDigest, DeclarationDigest, Kid, Nation } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { ApprovalNeed, AuthorityMap, AuthorityRecord, Participant } from '../operation.js';
import { SETTLEMENT_KINDS } from '../settlement.js';
import type { SettlementKind } from '../settlement.js';
import { sortedTextsFrom } from './clearance.js';
import { thumbprint } from './cose.js';
import type { Cbor } from './dcbor.js';
import { cborMap } from './dcbor.js';
import { nationFrom } from './event-body.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';

/** Codecs of what declarations, configurations and membership entries have in common. */

/** Bounds of one participant: an office or two per domain, a root and its successor. */
const AUTHORITIES_MAX = 32;
const ROOTS_MAX = 4;
const NEEDS_MAX = 64;
export const PINNED_MAX = 256;
const DOMAIN_CHARS_MAX = 128;

const PARTS = ['lead', 'outcome-originator', 'subject'] as const;

export function authorityToCbor(record: AuthorityRecord): Cbor {
  return [
    idBytes(record.kid),
    record.publicKey,
    idBytes(record.credential),
    [...record.domains].sort(),
  ];
}

/** The kid must be the thumbprint of the key, or a signature could be checked under another key. */
export function authorityFrom(value: Cbor, field: string): AuthorityRecord {
  const [kid, key, credential, domains] = asTuple(value, field, 4);
  const record = {
    kid: idFromBytes<Kid>(asBytes(kid, `${field}.kid`, 32)),
    publicKey: asBytes(key, `${field}.publicKey`, 32),
    credential: idFromBytes<CredentialDigest>(asBytes(credential, `${field}.credential`, 32)),
    domains: sortedTextsFrom(domains, `${field}.domains`),
  };
  if (thumbprint(record.publicKey) !== record.kid) {
    throw new SchemaError(`${field}.kid`, 'is the thumbprint of the public key');
  }
  return record;
}

export function participantToCbor(p: Participant): Cbor {
  return cborMap(
    [0, p.nation],
    [1, ROLES.indexOf(p.role)],
    [2, [...p.roots].sort().map(idBytes)],
    [3, [...p.authorities].sort((a, b) => (a.kid < b.kid ? -1 : 1)).map(authorityToCbor)],
    [4, p.replica && [p.replica.consensusKey, idBytes(p.replica.credential)]],
  );
}

function replicaFrom(value: Cbor, field: string): NonNullable<Participant['replica']> {
  const [key, credential] = asTuple(value, field, 2);
  return {
    consensusKey: asBytes(key, `${field}.consensusKey`, 32),
    credential: idFromBytes<CredentialDigest>(asBytes(credential, `${field}.credential`, 32)),
  };
}

/** Voters (lead, supporting) name their replica; observers have none. */
export function participantFrom(value: Cbor, field: string): Participant {
  const map = asMap(value, field);
  onlyKeys(map, field, [0, 1, 2, 3, 4]);
  const replica = map.get(4);
  const role = asNamed<Role>(map.get(1), `${field}.role`, ROLES);
  if ((replica === undefined) !== (role === 'observing')) {
    throw new SchemaError(`${field}.replica`, 'stands exactly with voting participants');
  }
  const roots = asArray(map.get(2), `${field}.roots`, ROOTS_MAX).map((root) =>
    idFromBytes<Kid>(asBytes(root, `${field}.roots`, 32)),
  );
  const authorities = asArray(map.get(3), `${field}.authorities`, AUTHORITIES_MAX).map((item, i) =>
    authorityFrom(item, `${field}.authorities.${String(i)}`),
  );
  unique(roots, `${field}.roots`);
  unique(
    authorities.map(({ kid }) => kid),
    `${field}.authorities`,
  );
  if (roots.length === 0) throw new SchemaError(`${field}.roots`, 'are at least one');
  if (authorities.length === 0) throw new SchemaError(`${field}.authorities`, 'are at least one');
  return {
    nation: nationFrom(map.get(0), `${field}.nation`),
    role,
    roots,
    authorities,
    ...(replica === undefined ? {} : { replica: replicaFrom(replica, `${field}.replica`) }),
  };
}

/** Refuses a repeated element. */
export function unique(values: readonly string[], field: string): void {
  if (new Set(values).size !== values.length) throw new SchemaError(field, 'are distinct');
}

export function participantsFrom(value: Cbor | undefined): readonly Participant[] {
  const items = asArray(value, 'participants', LIMITS.membersMax);
  const out = items.map((item, i) => participantFrom(item, `participants.${String(i)}`));
  unique(
    out.map(({ nation }) => nation),
    'participants',
  );
  // One key is one office of one nation: else an approval could count for two.
  unique(
    out.flatMap(({ authorities }) => authorities.map(({ kid }) => kid)),
    'participants.authorities',
  );
  return out;
}

/** Sorted by nation, so that equal sets have equal bytes. */
export function participantsToCbor(participants: readonly Participant[]): Cbor {
  return sortedByNation(participants).map(participantToCbor);
}

export function sortedByNation<T extends { readonly nation: Nation }>(
  items: readonly T[],
): readonly T[] {
  return [...items].sort((a, b) => (a.nation < b.nation ? -1 : a.nation > b.nation ? 1 : 0));
}

function needToCbor({ of, domain }: ApprovalNeed): Cbor {
  return ['nation' in of ? of.nation : PARTS.indexOf(of.part), domain];
}

function needFrom(value: Cbor): ApprovalNeed {
  const [of, domain] = asTuple(value, 'authorityMap.need', 2);
  return {
    of:
      typeof of === 'string'
        ? { nation: nationFrom(of, 'authorityMap.need.of') }
        : { part: asNamed(of, 'authorityMap.need.of', PARTS) },
    domain: asText(domain, 'authorityMap.need.domain', DOMAIN_CHARS_MAX),
  };
}

const KIND_NAMES = new Map<number, SettlementKind>(
  Object.entries(SETTLEMENT_KINDS).map(([name, number]) => [number, name as SettlementKind]),
);

/** The settlement kind of a wire number. */
export function kindFrom(value: Cbor | undefined, field: string): SettlementKind {
  const kind = KIND_NAMES.get(asUint(value, field));
  if (kind === undefined) throw new SchemaError(field, 'is a known settlement kind');
  return kind;
}

export function authorityMapToCbor(map: AuthorityMap): Cbor {
  const out = new Map<number, Cbor>();
  for (const [kind, needs] of map) out.set(SETTLEMENT_KINDS[kind], needs.map(needToCbor));
  return out;
}

export function authorityMapFrom(value: Cbor | undefined): AuthorityMap {
  const out = new Map<SettlementKind, readonly ApprovalNeed[]>();
  for (const [kind, needs] of asMap(value, 'authorityMap')) {
    out.set(
      kindFrom(kind, 'authorityMap.kind'),
      asArray(needs, 'authorityMap.needs', NEEDS_MAX).map(needFrom),
    );
  }
  return out;
}

export function pinnedToCbor(pinned: readonly DeclarationDigest[]): Cbor {
  return [...pinned].sort().map(idBytes);
}

export function pinnedFrom(value: Cbor | undefined): readonly DeclarationDigest[] {
  const pinned = asArray(value, 'pinned', PINNED_MAX).map((digest) =>
    idFromBytes<DeclarationDigest>(asBytes(digest, 'pinned', 32)),
  );
  unique(pinned, 'pinned');
  return pinned;
}

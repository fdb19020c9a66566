import { concatBytes, utf8 } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import type { Role } from '../event.js';
import { ROLES } from '../event.js';
import type { CoreId, DeclarationDigest, Digest, Kid, Nation } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { AuthorityRecord, Participant } from '../operation.js';
import type { SettlementKind } from '../settlement.js';
import { bftHash } from './consensus-hash.js';
import type { Cbor, CborMap } from './dcbor.js';
import { cborMap, encodeCbor } from './dcbor.js';
import { nationFrom } from './event-body.js';
import {
  authorityFrom,
  authorityToCbor,
  participantFrom,
  participantToCbor,
} from './participant.js';
import {
  SchemaError,
  asArray,
  asBytes,
  asMap,
  asNamed,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** Proximity level that an input was attested at. Approvers sign it; replicas do not recompute it. */
export interface ProximityLevel {
  readonly input: number;
  readonly level: number;
}

/** What each kind of settlement states besides its inputs and outcome. */
export type Extension =
  | { readonly kind: 'decision'; readonly slot: Digest; readonly levels: readonly ProximityLevel[] }
  | { readonly kind: 'tasking'; readonly levels: readonly ProximityLevel[] }
  | { readonly kind: 'release' | 'handoff' | 'closure' }
  | { readonly kind: 'role'; readonly nation: Nation; readonly role: Role }
  | {
      readonly kind: 'membership';
      readonly change:
        | { readonly join: Participant; readonly exit?: undefined }
        | { readonly exit: Nation; readonly join?: undefined };
    }
  | {
      readonly kind: 'adoption';
      readonly declaration: DeclarationDigest;
      /** The pinned declaration whose place it takes, when it is a new version of one. */
      readonly replaces?: DeclarationDigest;
    }
  | {
      readonly kind: 'sanction';
      readonly subject: Nation;
      readonly rights: readonly Right[];
      /** Last height at which it binds. It ends earlier when the epoch does. */
      readonly untilHeight: number;
      readonly evidence: readonly Digest[];
    }
  | {
      readonly kind: 'credential';
      readonly nation: Nation;
      readonly change:
        | { readonly added: AuthorityRecord; readonly revoked?: undefined }
        | {
            readonly revoked: { readonly kid: Kid; readonly lastGoodSeq: number };
            readonly added?: undefined;
          };
      /** Public key of the nation's root, when the root itself approves. */
      readonly rootKey?: Uint8Array;
    }
  | { readonly kind: 'withdrawal'; readonly nation: Nation; readonly coreId: CoreId };

export type ExtensionOf<K extends SettlementKind> = Extract<Extension, { readonly kind: K }>;

/**
 * Rights that a settled sanction can suspend, in wire order. Approval of the use of one's own assets
 * and data is none of them: no quorum takes or replaces that signature.
 */
export const RIGHTS = ['lead', 'contribute', 'attest'] as const;
export type Right = (typeof RIGHTS)[number];

/** Evidence items that one sanction may cite. */
const EVIDENCE_MAX = 64;
/** Length of a step's name in characters. */
export const STEP_CHARS_MAX = 64;

/** H(0x17, pathway digest ‖ run 16 ‖ step): a step of a run is decided once. No pathway: zeros. */
export function decisionSlot(
  pathway: DeclarationDigest | null,
  run: Uint8Array,
  step: string,
): Digest {
  if (run.length !== 16) throw new RangeError('a run is 16 bytes');
  const digest = pathway === null ? new Uint8Array(32) : idBytes(pathway);
  return bftHash('slot', concatBytes(digest, run, utf8(step))) as Digest;
}

function levelsToCbor(levels: readonly ProximityLevel[]): Cbor {
  return levels.map(({ input, level }) => [input, level]);
}

function levelsFrom(value: Cbor | undefined): readonly ProximityLevel[] {
  const levels = asArray(value, 'extension.levels', LIMITS.entryInputsMax).map((item) => {
    const [input, level] = asTuple(item, 'extension.levels', 2);
    return {
      input: asUint(input, 'extension.levels.input', LIMITS.entryInputsMax - 1),
      level: asUint(level, 'extension.levels.level', 255),
    };
  });
  ascending(
    levels.map(({ input }) => input),
    'extension.levels',
  );
  return levels;
}

/** Refuses a list whose elements do not ascend strictly: a set has one spelling. */
function ascending(values: readonly (number | string)[], field: string): void {
  for (let i = 1; i < values.length; i++) {
    const [before, after] = [values[i - 1], values[i]];
    if (before !== undefined && after !== undefined && !(before < after)) {
      throw new SchemaError(field, 'ascends, each once');
    }
  }
}

function extensionToCbor(x: Extension): CborMap {
  switch (x.kind) {
    case 'decision':
      return cborMap([0, idBytes(x.slot)], [1, levelsToCbor(x.levels)]);
    case 'tasking':
      return cborMap([1, levelsToCbor(x.levels)]);
    case 'release':
    case 'handoff':
    case 'closure':
      return cborMap();
    case 'role':
      return cborMap([0, x.nation], [1, ROLES.indexOf(x.role)]);
    case 'membership':
      return x.change.join === undefined
        ? cborMap([1, x.change.exit])
        : cborMap([0, participantToCbor(x.change.join)]);
    case 'adoption':
      return cborMap([0, idBytes(x.declaration)], [1, x.replaces && idBytes(x.replaces)]);
    case 'sanction':
      return cborMap(
        [0, x.subject],
        [1, x.rights.map((right) => RIGHTS.indexOf(right))],
        [2, x.untilHeight],
        [3, x.evidence.map(idBytes)],
      );
    case 'credential': {
      const { added, revoked } = x.change;
      return cborMap(
        [0, x.nation],
        [1, added && authorityToCbor(added)],
        [2, revoked && [idBytes(revoked.kid), revoked.lastGoodSeq]],
        [3, x.rootKey],
      );
    }
    case 'withdrawal':
      return cborMap([0, x.nation], [1, idBytes(x.coreId)]);
  }
}

export function encodeExtension(extension: Extension): Uint8Array {
  return encodeCbor(extensionToCbor(extension));
}

function idFrom<T extends Digest | CoreId | DeclarationDigest | Kid>(
  value: Cbor | undefined,
  field: string,
): T {
  return idFromBytes<T>(asBytes(value, field, 32));
}

function sanctionFrom(map: CborMap): ExtensionOf<'sanction'> {
  onlyKeys(map, 'extension', [0, 1, 2, 3]);
  const rights = asArray(map.get(1), 'extension.rights', RIGHTS.length);
  const evidence = asArray(map.get(3), 'extension.evidence', EVIDENCE_MAX);
  const named = rights.map((right) => asNamed<Right>(right, 'extension.rights', RIGHTS));
  const ids = evidence.map((id) => idFrom<Digest>(id, 'extension.evidence'));
  if (named.length === 0) throw new SchemaError('extension.rights', 'are at least one');
  if (ids.length === 0) throw new SchemaError('extension.evidence', 'is at least one item');
  ascending(
    named.map((right) => RIGHTS.indexOf(right)),
    'extension.rights',
  );
  ascending(ids, 'extension.evidence');
  return {
    kind: 'sanction',
    subject: nationFrom(map.get(0), 'extension.subject'),
    rights: named,
    untilHeight: asUint(map.get(2), 'extension.untilHeight'),
    evidence: ids,
  };
}

function credentialFrom(map: CborMap): ExtensionOf<'credential'> {
  onlyKeys(map, 'extension', [0, 1, 2, 3]);
  const nation = nationFrom(map.get(0), 'extension.nation');
  const [added, revoked, rootKey] = [map.get(1), map.get(2), map.get(3)];
  const rest = rootKey === undefined ? {} : { rootKey: asBytes(rootKey, 'extension.rootKey', 32) };
  if ((added === undefined) === (revoked === undefined)) {
    throw new SchemaError('extension.change', 'is either an added or a revoked credential');
  }
  if (added !== undefined) {
    const record = authorityFrom(added, 'extension.added');
    return { kind: 'credential', nation, change: { added: record }, ...rest };
  }
  const [kid, seq] = asTuple(revoked, 'extension.revoked', 2);
  const change = {
    revoked: {
      kid: idFrom<Kid>(kid, 'extension.revoked.kid'),
      lastGoodSeq: asUint(seq, 'extension.revoked.lastGoodSeq'),
    },
  };
  return { kind: 'credential', nation, change, ...rest };
}

function membershipFrom(map: CborMap): ExtensionOf<'membership'> {
  onlyKeys(map, 'extension', [0, 1]);
  const [join, exit] = [map.get(0), map.get(1)];
  if ((join === undefined) === (exit === undefined)) {
    throw new SchemaError('extension.change', 'is either a join or an exit');
  }
  return {
    kind: 'membership',
    change:
      join === undefined
        ? { exit: nationFrom(exit, 'extension.exit') }
        : { join: participantFrom(join, 'extension.join') },
  };
}

function adoptionFrom(map: CborMap): ExtensionOf<'adoption'> {
  onlyKeys(map, 'extension', [0, 1]);
  const replaces = map.get(1);
  return {
    kind: 'adoption',
    declaration: idFrom<DeclarationDigest>(map.get(0), 'extension.declaration'),
    ...(replaces === undefined
      ? {}
      : { replaces: idFrom<DeclarationDigest>(replaces, 'extension.replaces') }),
  };
}

function extensionFrom(kind: SettlementKind, value: Cbor): Extension {
  const map = asMap(value, 'extension');
  switch (kind) {
    case 'decision':
      onlyKeys(map, 'extension', [0, 1]);
      return { kind, slot: idFrom(map.get(0), 'extension.slot'), levels: levelsFrom(map.get(1)) };
    case 'tasking':
      onlyKeys(map, 'extension', [1]);
      return { kind, levels: levelsFrom(map.get(1)) };
    case 'release':
    case 'handoff':
    case 'closure':
      onlyKeys(map, 'extension', []);
      return { kind };
    case 'role':
      onlyKeys(map, 'extension', [0, 1]);
      return {
        kind,
        nation: nationFrom(map.get(0), 'extension.nation'),
        role: asNamed<Role>(map.get(1), 'extension.role', ROLES),
      };
    case 'membership':
      return membershipFrom(map);
    case 'adoption':
      return adoptionFrom(map);
    case 'sanction':
      return sanctionFrom(map);
    case 'credential':
      return credentialFrom(map);
    case 'withdrawal':
      onlyKeys(map, 'extension', [0, 1]);
      return {
        kind,
        nation: nationFrom(map.get(0), 'extension.nation'),
        coreId: idFrom(map.get(1), 'extension.coreId'),
      };
  }
}

/** Strict decode of the extension that an entry of this kind carries. */
export function decodeExtension<K extends SettlementKind>(
  kind: K,
  bytes: Uint8Array,
): Result<ExtensionOf<K>, FormRefusal> {
  return decodeDocument(bytes, {
    name: 'extension',
    from: (value) => extensionFrom(kind, value) as ExtensionOf<K>,
    encode: encodeExtension,
  });
}

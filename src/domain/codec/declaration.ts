import { assert } from '../../base/assert.js';
import type { Result } from '../../base/result.js';
import type { DeclarationDigest, Kid, OpId } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Acceptance, Genesis, Member, OperationDeclaration } from '../operation.js';
import { TAGS } from '../tags.js';
import type { Cbor } from './dcbor.js';
import { cborMap, encodeCbor } from './dcbor.js';
import { nationFrom } from './event-body.js';
import { hashHex } from './hash.js';
import {
  authorityMapFrom,
  authorityMapToCbor,
  participantsFrom,
  participantsToCbor,
  pinnedFrom,
  pinnedToCbor,
  sortedByNation,
} from './participant.js';
import {
  SchemaError,
  asBytes,
  asMap,
  asNamed,
  asText,
  asTuple,
  asUint,
  onlyKeys,
} from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** Operation declarations and their acceptances as deterministic CBOR documents. */

/** Media type of an operation declaration (the body of a 0x30). */
export const DECLARATION_TYP = 'application/x-entente-declaration+cbor';
/** Wire number of the kind "operation" among declarations, and its version. */
const OPERATION = 0;
const VERSION = 1;
const PROFILES = ['bft', 'cft'] as const;
const TITLE_CHARS_MAX = 256;
const RULES_VERSION_MAX = 0xffffffff;

/** Canonical document. Lists that are sets are sorted here, so their order given does not matter. */
export function encodeDeclaration(d: OperationDeclaration): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, VERSION],
      [1, OPERATION],
      [2, d.title],
      [3, d.purposeLabel],
      [4, participantsToCbor(d.participants)],
      [5, PROFILES.indexOf(d.quorumProfile)],
      [6, authorityMapToCbor(d.authorityMap)],
      [7, d.rulesVersion],
      [8, pinnedToCbor(d.pinned)],
      [9, d.nonce],
    ),
  );
}

function checkOperation(d: OperationDeclaration): void {
  const voters = d.participants.filter(({ replica }) => replica !== undefined);
  if (!d.participants.some(({ role }) => role === 'lead')) {
    throw new SchemaError('participants', 'have at least one lead');
  }
  if (d.quorumProfile === 'cft' && voters.length !== 3) {
    throw new SchemaError('quorumProfile', 'is cft only with three voters');
  }
  const keys = voters.map(({ replica }) => replica?.consensusKey.join());
  if (new Set(keys).size !== keys.length) {
    throw new SchemaError('participants.replica', 'have distinct keys');
  }
}

function declarationFrom(value: Cbor): OperationDeclaration {
  const map = asMap(value, 'declaration');
  onlyKeys(map, 'declaration', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  if (map.get(0) !== VERSION) throw new SchemaError('version', 'is 1');
  if (map.get(1) !== OPERATION) throw new SchemaError('kind', 'is an operation');
  const purposeLabel = asBytes(map.get(3), 'purposeLabel');
  if (purposeLabel.length > LIMITS.labelBytesMax) {
    throw new SchemaError('purposeLabel', `is at most ${String(LIMITS.labelBytesMax)} bytes`);
  }
  const declaration: OperationDeclaration = {
    title: asText(map.get(2), 'title', TITLE_CHARS_MAX),
    purposeLabel,
    participants: participantsFrom(map.get(4)),
    quorumProfile: asNamed(map.get(5), 'quorumProfile', PROFILES),
    authorityMap: authorityMapFrom(map.get(6)),
    rulesVersion: asUint(map.get(7), 'rulesVersion', RULES_VERSION_MAX),
    pinned: pinnedFrom(map.get(8)),
    nonce: asBytes(map.get(9), 'nonce', 16),
  };
  checkOperation(declaration);
  return declaration;
}

export function decodeDeclaration(bytes: Uint8Array): Result<OperationDeclaration, FormRefusal> {
  return decodeDocument(bytes, {
    name: 'declaration',
    from: declarationFrom,
    encode: encodeDeclaration,
  });
}

/** SHA-256("entente:declaration:1" ‖ document). */
export function declarationDigestOf(document: Uint8Array): DeclarationDigest {
  return hashHex(TAGS.declaration, document) as DeclarationDigest;
}

export function declarationDigest(declaration: OperationDeclaration): DeclarationDigest {
  return declarationDigestOf(encodeDeclaration(declaration));
}

/** The voting members of an operation, sorted by nation. */
function membersOf(participants: OperationDeclaration['participants']): readonly Member[] {
  return sortedByNation(participants).flatMap(({ nation, replica }) =>
    replica === undefined
      ? []
      : [{ nation, consensusKey: replica.consensusKey, credentialDigest: replica.credential }],
  );
}

/** The genesis that a declaration fixes: whoever holds it computes the operation id. */
export function genesisOf(declaration: OperationDeclaration): Genesis {
  const members = membersOf(declaration.participants);
  assert(members.length > 0, 'an operation has a voter');
  return {
    rulesVersion: declaration.rulesVersion,
    members,
    quorumProfile: declaration.quorumProfile,
    policyDigest: declarationDigest(declaration),
  };
}

/** Body of an acceptance (0x31). */
export function encodeAcceptance(a: Acceptance): Uint8Array {
  return encodeCbor(acceptanceToCbor(a));
}

export function acceptanceToCbor(a: Acceptance): Cbor {
  return [idBytes(a.declaration), idBytes(a.opId), a.nation, idBytes(a.kid), a.signature];
}

export function acceptanceFrom(value: Cbor): Acceptance {
  const [declaration, opId, nation, kid, signature] = asTuple(value, 'acceptance', 5);
  return {
    declaration: idFromBytes<DeclarationDigest>(asBytes(declaration, 'acceptance.declaration', 32)),
    opId: idFromBytes<OpId>(asBytes(opId, 'acceptance.opId', 32)),
    nation: nationFrom(nation, 'acceptance.nation'),
    kid: idFromBytes<Kid>(asBytes(kid, 'acceptance.kid', 32)),
    signature: asBytes(signature, 'acceptance.signature', 64),
  };
}

export function decodeAcceptance(bytes: Uint8Array): Result<Acceptance, FormRefusal> {
  return decodeDocument(bytes, {
    name: 'acceptance',
    from: acceptanceFrom,
    encode: encodeAcceptance,
  });
}

import type { Result } from '../../base/result.js';
import type { ConfigDigest, DeclarationDigest, Kid } from '../ids.js';
import { idBytes, idFromBytes } from '../ids.js';
import type { Configuration } from '../operation.js';
import { bftHash } from './consensus-hash.js';
import type { Cbor } from './dcbor.js';
import { cborMap, encodeCbor } from './dcbor.js';
import {
  authorityMapFrom,
  authorityMapToCbor,
  participantsFrom,
  participantsToCbor,
  pinnedFrom,
  pinnedToCbor,
  unique,
} from './participant.js';
import { asArray, asBytes, asMap, asTuple, asUint, onlyKeys } from './reader.js';
import type { FormRefusal } from './strict.js';
import { decodeDocument } from './strict.js';

/** The settled configuration as a document: events name it by its digest. */

/** Revocations an operation may accumulate. */
export const REVOCATIONS_MAX = 4096;

export function encodeConfiguration(c: Configuration): Uint8Array {
  const revocations = [...c.revocations].sort((a, b) => (a.kid < b.kid ? -1 : 1));
  return encodeCbor(
    cborMap(
      [0, c.epoch],
      [1, participantsToCbor(c.participants)],
      [2, revocations.map(({ kid, lastGoodSeq }) => [idBytes(kid), lastGoodSeq])],
      [3, pinnedToCbor(c.pinned)],
      [4, authorityMapToCbor(c.authorityMap)],
      [5, idBytes(c.declaration)],
    ),
  );
}

function revocationFrom(value: Cbor): Configuration['revocations'][number] {
  const [kid, seq] = asTuple(value, 'revocations', 2);
  return {
    kid: idFromBytes<Kid>(asBytes(kid, 'revocations.kid', 32)),
    lastGoodSeq: asUint(seq, 'revocations.lastGoodSeq'),
  };
}

function configurationFrom(value: Cbor): Configuration {
  const map = asMap(value, 'configuration');
  onlyKeys(map, 'configuration', [0, 1, 2, 3, 4, 5]);
  const revocations = asArray(map.get(2), 'revocations', REVOCATIONS_MAX).map(revocationFrom);
  unique(
    revocations.map(({ kid }) => kid),
    'revocations',
  );
  return {
    epoch: asUint(map.get(0), 'epoch'),
    participants: participantsFrom(map.get(1)),
    revocations,
    pinned: pinnedFrom(map.get(3)),
    authorityMap: authorityMapFrom(map.get(4)),
    declaration: idFromBytes<DeclarationDigest>(asBytes(map.get(5), 'declaration', 32)),
  };
}

export function decodeConfiguration(bytes: Uint8Array): Result<Configuration, FormRefusal> {
  return decodeDocument(bytes, {
    name: 'configuration',
    from: configurationFrom,
    encode: encodeConfiguration,
  });
}

/** H(0x16, configuration). */
export function configDigest(configuration: Configuration): ConfigDigest {
  return bftHash('configuration', encodeConfiguration(configuration)) as ConfigDigest;
}

import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, u16be, u64be, u8, utf8 } from '../../base/bytes.js';
import type {
  Blind,
  Digest,
  EventId,
  Kid,
  LabelDigest,
  Nation,
  Op,
  ReleaseKeyId,
  ReleaseSetDigest,
} from '../ids.js';
import { idBytes } from '../ids.js';
import { TAGS } from '../tags.js';
import { encodeCbor } from './dcbor.js';
import { hash, hashHex } from './hash.js';

/**
 * Derivations of the release-key scheme: HKDF-SHA256 (RFC 5869), HMAC-SHA256 (RFC 2104), SHA-256.
 * One release key per operation, originator, release set and key epoch; from it an author key per
 * author, and from that a content key per event.
 */

/** Digest of a release set. The nations are sorted here; the order given does not matter. */
export function releaseSetDigest(nations: readonly Nation[]): ReleaseSetDigest {
  return hashHex(TAGS.releaseSet, encodeCbor([...nations].sort())) as ReleaseSetDigest;
}

/** What names a release key: its scope, and a commitment to the key itself. */
export interface ReleaseKeyScope {
  readonly op: Op;
  readonly originator: Nation;
  readonly releaseSet: ReleaseSetDigest;
  readonly keyEpoch: number;
}

export function releaseKeyId(scope: ReleaseKeyScope, releaseKey: Uint8Array): ReleaseKeyId {
  return hashHex(
    TAGS.releaseKeyId,
    idBytes(scope.op),
    scope.originator,
    idBytes(scope.releaseSet),
    u64be(scope.keyEpoch),
    releaseKey,
  ) as ReleaseKeyId;
}

/** Key of one author under a release key: exposes that author's stream in that key epoch alone. */
export function authorKey(releaseKey: Uint8Array, id: ReleaseKeyId, author: Kid): Uint8Array {
  return hkdf(
    sha256,
    releaseKey,
    idBytes(id),
    concatBytes(utf8(TAGS.authorKey), idBytes(author)),
    32,
  );
}

/** Key of one event's content. */
export function contentKey(authorKeyBytes: Uint8Array, seq: number): Uint8Array {
  return hkdf(
    sha256,
    authorKeyBytes,
    new Uint8Array(0),
    concatBytes(utf8(TAGS.contentKey), u64be(seq)),
    32,
  );
}

/** Where a sealed thing stands: its operation, author, position and label. */
export interface SealPlace {
  readonly op: Op;
  readonly author: Kid;
  readonly seq: number;
  readonly label: LabelDigest;
}

function placeBytes(place: SealPlace): Uint8Array {
  return concatBytes(
    idBytes(place.op),
    idBytes(place.author),
    u64be(place.seq),
    idBytes(place.label),
  );
}

/** AAD of an event's box: it cannot move under another label, author, position or operation. */
export function eventBind(place: SealPlace): Uint8Array {
  return hash(TAGS.bind, placeBytes(place));
}

/** AAD of a key grant's wraps and record. `scope` is 0 for a release key, 1 for one content key. */
export function grantBind(place: SealPlace, scope: 0 | 1, target: Digest): Uint8Array {
  return hash(TAGS.grantBind, placeBytes(place), u8(scope), idBytes(target));
}

/** HPKE info of the wraps of a grant (RFC 9180). */
export function hpkeInfo(bind: Uint8Array): Uint8Array {
  return concatBytes(utf8(TAGS.hpke), bind);
}

/** Key of a grant's own sealed record: whoever holds the granted secret can read who else got it. */
export function grantBodyKey(
  secret: Uint8Array,
  target: Digest,
  author: Kid,
  seq: number,
): Uint8Array {
  return hkdf(
    sha256,
    secret,
    idBytes(target),
    concatBytes(utf8(TAGS.grantBody), idBytes(author), u64be(seq)),
    32,
  );
}

/** Opaque gossip topic of one caveat audience: only a holder of the release key can compute it. */
export function topicOf(scope: ReleaseKeyScope, releaseKey: Uint8Array): string {
  const id = releaseKeyId(scope, releaseKey);
  const key = hkdf(sha256, releaseKey, idBytes(id), utf8(TAGS.topic), 32);
  const mac = hmac(
    sha256,
    key,
    concatBytes(idBytes(scope.op), idBytes(scope.releaseSet), u64be(scope.keyEpoch)),
  );
  return `/entente/t/${toHex(mac.subarray(0, 16))}`;
}

/** Salted commitment to a plaintext. */
export function commitmentOf(salt: Uint8Array, plaintext: Uint8Array): Digest {
  return hashHex(TAGS.commit, salt, plaintext) as Digest;
}

/** Blinded reference to an event: the same commitment, to an event id. */
export function blindOf(salt: Uint8Array, id: EventId): Blind {
  return hashHex(TAGS.commit, salt, idBytes(id)) as Blind;
}

/** Id of a recipient's short-lived HPKE key, 8 bytes hex. */
export function prekeyId(kem: number, publicKey: Uint8Array): string {
  return hashHex(TAGS.prekeyId, u16be(kem), publicKey).slice(0, 16);
}

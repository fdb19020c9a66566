import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, fromHex, toHex, utf8 } from '../../base/bytes.js';
import type { EntryId } from '../ids.js';
import { TAGS } from '../tags.js';

/** Purposes of the protocol's hashes: the number in H(k, x). */
export const HASH_KINDS = {
  header: 0x10,
  genesis: 0x11,
  valSet: 0x12,
  leaderOrder: 0x13,
  core: 0x14,
  entry: 0x15,
  configuration: 0x16,
  slot: 0x17,
} as const;

const PREFIX = concatBytes(utf8(TAGS.bft), Uint8Array.of(0));

/** H(k, x) = SHA-256("entente:bft:1" ‖ 0x00 ‖ k ‖ x), as hex. */
export function bftHash(kind: keyof typeof HASH_KINDS, ...parts: readonly Uint8Array[]): string {
  return toHex(sha256(concatBytes(PREFIX, Uint8Array.of(HASH_KINDS[kind]), ...parts)));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * RFC 6962 section 2.1 tree hash over the 32-byte entry ids, as hex. Of no ids: SHA-256 of nothing.
 * Pairing level by level and carrying an odd node up gives the same root as the RFC's recursion.
 */
export function payloadRoot(ids: readonly EntryId[]): string {
  let level: Uint8Array[] = ids.map((id) => sha256(concatBytes(LEAF, fromHex(id))));
  if (level.length === 0) return toHex(sha256(new Uint8Array(0)));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      if (left !== undefined) {
        above.push(right === undefined ? left : sha256(concatBytes(NODE, left, right)));
      }
    }
    level = above;
  }
  const root = level[0];
  return root === undefined ? '' : toHex(root);
}

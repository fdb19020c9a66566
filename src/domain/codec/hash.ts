import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, toHex, utf8 } from '../../base/bytes.js';

/** SHA-256 of the concatenation of `parts`; text parts are ASCII domain tags. */
export function hash(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return sha256(
    concatBytes(...parts.map((part) => (typeof part === 'string' ? utf8(part) : part))),
  );
}

/** `hash` as lower-case hex. */
export function hashHex(...parts: readonly (Uint8Array | string)[]): string {
  return toHex(hash(...parts));
}

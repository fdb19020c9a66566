import { hash } from '../../domain/codec/hash.js';
import type { EntryId } from '../../domain/ids.js';
import { idBytes } from '../../domain/ids.js';
import { inclusionProof } from '../log/index.js';

const LEAF = Uint8Array.of(0);

/** RFC 6962 leaf hash of an entry id. */
export function entryLeaf(id: EntryId): Uint8Array {
  return hash(LEAF, idBytes(id));
}

/** RFC 6962 path from the entry at `index` to the payload root of these ids. */
export function inclusionPath(ids: readonly EntryId[], index: number): readonly Uint8Array[] {
  return inclusionProof(ids.map(entryLeaf), index);
}

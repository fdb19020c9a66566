import type { DeltaItem } from '../../domain/wire.js';

/** A leaf header on the wire, at most: nine elements of their largest form. */
const HEADER_BYTES_MAX = 140;
/** Array head, kind and length prefixes of one item. */
const ITEM_OVERHEAD_BYTES = 16;

/** Upper bound of an item's bytes in a frame. */
export function itemBytes(item: DeltaItem): number {
  if (item.kind === 'withheld') return 32 + ITEM_OVERHEAD_BYTES;
  const box = item.box?.length ?? 0;
  return HEADER_BYTES_MAX + item.record.length + box + ITEM_OVERHEAD_BYTES;
}

import { fromUtf8, utf8 } from '../../src/base/bytes.js';
import { err, ok } from '../../src/base/result.js';
import type { SettlementRules } from '../../src/core/consensus/index.js';
import { bftHash } from '../../src/domain/codec/consensus.js';
import type { EntryId } from '../../src/domain/ids.js';

/** Settled keys. Small runs only, so copying is fine. */
export type Settled = ReadonlySet<string>;

export const NOTHING_SETTLED: Settled = new Set();

/** An entry settles its key once, and only after the key it names. */
export function toyEntry(key: string, after = '', note = ''): Uint8Array {
  return utf8([key, after, note].join('|'));
}

function parts(bytes: Uint8Array): readonly string[] {
  return fromUtf8(bytes).split('|');
}

export const TOY_RULES: SettlementRules<Settled> = {
  identify(bytes) {
    const fields = parts(bytes);
    const [key] = fields;
    if (fields.length !== 3 || key === undefined || key === '') return err('not a toy entry');
    return ok({ entryId: bftHash('entry', bytes) as EntryId, key });
  },
  validate(state, entry) {
    const [key = '', after = ''] = parts(entry);
    if (state.has(key)) return 'settled already';
    return after === '' || state.has(after) ? true : 'its predecessor is not settled';
  },
  apply(state, entry) {
    return new Set(state).add(parts(entry)[0] ?? '');
  },
};

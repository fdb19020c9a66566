import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/domain/checkpoint.js';
import { ZERO_32 } from '../../../src/domain/ids.js';
import type { ForeignLog, RangeItem } from '../../../src/core/log/index.js';
import {
  checkpointHead,
  decodeLogState,
  emptyForeignLog,
  encodeLogState,
  extend,
  rootOf,
} from '../../../src/core/log/index.js';
import { GBR, LOG_SECRET, bytesOf, signCheckpoint, writeLog } from '../../support/log-world.js';

const written = writeLog([0, 1, 2, 1, 0, 2, 1, 0, 1, 2]);
const { leaves, checkpointAt } = written;
const empty = emptyForeignLog(GBR);

/** What a reader of `readable` classes is shown of positions from..to−1. */
function shown(readable: readonly number[], from = 0, to = leaves.length): RangeItem[] {
  return leaves
    .slice(from, to)
    .map(({ header, hash, record }) =>
      readable.includes(header.class)
        ? { kind: 'event', header, record }
        : { kind: 'withheld', hash },
    );
}

function extended(log: ForeignLog, items: RangeItem[], to: number): ForeignLog {
  const checkpoint = checkpointAt(to);
  const result = extend(log, { from: log.size, items, checkpoint });
  if (!result.ok) throw new Error(result.error.detail);
  return result.value.log;
}

function code(items: readonly RangeItem[], checkpoint: Checkpoint = checkpointAt(10), from = 0) {
  const result = extend(empty, { from, items, checkpoint });
  return result.ok ? 'ok' : result.error.code;
}

describe('extend', () => {
  it('reaches the signed root in any number of steps, whatever is readable', () => {
    for (const readable of [[], [0], [0, 1], [0, 1, 2], [2]]) {
      let log: ForeignLog = empty;
      for (const to of [1, 4, 5, 10]) {
        log = extended(log, shown(readable, log.size, to), to);
        expect(rootOf(log)).toBe(checkpointAt(to).root);
        expect(decodeLogState(encodeLogState(log))).toEqual({ ok: true, value: log });
      }
      const held = leaves.filter(({ header }) => readable.includes(header.class)).length;
      expect(log.withheld).toBe(10 - held);
      const counted = [...log.classes.values()].reduce((sum, seen) => sum + seen.held, 0);
      expect(counted).toBe(held);
    }
  });

  it('accepts a newer checkpoint of the same positions', () => {
    const log = extended(empty, shown([0, 1]), 10);
    const later = signCheckpoint({ ...checkpointAt(10), time: 1_800_000_000 });
    const range = { from: 10, items: [], checkpoint: later };
    expect(extend(log, range, { held: checkpointAt(10) })).toMatchObject({ ok: true });
  });

  it('refuses a range of another log or place', () => {
    const items = shown([0, 1, 2]);
    expect(code(items, { ...checkpointAt(10), logNumber: 1 })).toBe('WRONG_LOG');
    expect(code(items, checkpointAt(10), 1)).toBe('INDEX_GAP');
    expect(code(items, checkpointAt(9))).toBe('SIZE_MISMATCH');
    expect(code(items.slice(1))).toBe('SIZE_MISMATCH');
  });

  it('refuses altered records and headers', () => {
    const items = shown([0, 1, 2]);
    const altered = (change: object) => [{ ...items[0]!, ...change }, ...items.slice(1)];
    const { header } = leaves[0]!;
    expect(code(altered({ record: bytesOf('other') }))).toBe('RECORD_MISMATCH');
    expect(code(altered({ header: { ...header, index: 3 } }))).toBe('INDEX_GAP');
    expect(code(altered({ header: { ...header, classPrev: leaves[1]!.hash } }))).toBe(
      'CLASS_CHAIN',
    );
    expect(code(altered({ header: { ...header, admitted: 1 } }))).toBe('CLASS_CHAIN');
    const last = [
      ...items.slice(0, 9),
      { ...items[9]!, header: { ...leaves[9]!.header, expiry: 9 } },
    ];
    expect(code(last as RangeItem[])).toBe('ROOT_MISMATCH');
  });

  it('refuses a readable event passed off as withheld, dropped or moved', () => {
    const items = shown([0, 1, 2]);
    const hidden = items.slice();
    hidden[3] = { kind: 'withheld', hash: leaves[3]!.hash };
    expect(code(hidden)).toBe('CLASS_GAP');
    const swapped = items.slice();
    [swapped[3], swapped[4]] = [swapped[4]!, swapped[3]!];
    expect(code(swapped)).toBe('INDEX_GAP');
    const stubs = shown([0]);
    [stubs[1], stubs[2]] = [stubs[2]!, stubs[1]!];
    expect(code(stubs)).toBe('ROOT_MISMATCH');
  });

  it('keeps gaps as data where they are expected', () => {
    const items = shown([0, 1, 2]);
    items[3] = { kind: 'withheld', hash: leaves[3]!.hash };
    const result = extend(
      empty,
      { from: 0, items, checkpoint: checkpointAt(10) },
      { gaps: 'mark' },
    );
    if (!result.ok) throw new Error(result.error.detail);
    expect(result.value.gaps).toEqual([{ class: 1, from: 1, to: 2, index: 6 }]);
    expect(result.value.log.classes.get(1)).toMatchObject({ count: 4, held: 3 });
    expect(result.value.log.classes.get(2)).toMatchObject({ count: 3, held: 3 });
  });

  it('refuses a gap that is wider than all that is withheld', () => {
    const items = shown([0, 1, 2]);
    const item = items[0]!;
    if (item.kind === 'event') items[0] = { ...item, header: { ...item.header, classSeq: 1 } };
    const range = { from: 0, items, checkpoint: checkpointAt(10) };
    expect(extend(empty, range, { gaps: 'mark' })).toMatchObject({
      error: { code: 'CLASS_CHAIN' },
    });
  });

  it('answers two signed heads of one size with both as evidence', () => {
    const held = checkpointAt(10);
    const other = signCheckpoint({
      ...checkpointHead(written.log, LOG_SECRET, 1),
      root: ZERO_32,
    });
    const log = extended(empty, shown([0]), 10);
    const result = extend(log, { from: 10, items: [], checkpoint: other }, { held });
    expect(result).toMatchObject({ error: { code: 'FORK', evidence: [held, other] } });
    const relabelled = { ...held, labelRoot: ZERO_32 };
    const again = extend(log, { from: 10, items: [], checkpoint: relabelled }, { held });
    expect(again).toMatchObject({ error: { code: 'FORK' } });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from '../../../src/domain/codec/frame.js';
import { LIMITS } from '../../../src/domain/limits.js';
import type { DeltaItem } from '../../../src/domain/wire.js';
import type { ForeignLog } from '../../../src/core/log/index.js';
import { emptyForeignLog, extend, rootOf } from '../../../src/core/log/index.js';
import type { DeltaFrame, DeltaStage, PlannedLeaf } from '../../../src/core/sync/index.js';
import {
  acceptDelta,
  advanceStage,
  emptyStage,
  nextWant,
  planDelta,
} from '../../../src/core/sync/index.js';
import type { WrittenLog } from '../../support/log-world.js';
import { GBR, bytesOf, writeLog } from '../../support/log-world.js';

interface Receiver {
  readonly log: ForeignLog;
  readonly stage: DeltaStage;
  readonly records: readonly Uint8Array[];
}

const fresh: Receiver = { log: emptyForeignLog(GBR), stage: emptyStage(GBR, 0), records: [] };

function leavesFor(
  written: WrittenLog,
  readable: ReadonlySet<number>,
  from: number,
): PlannedLeaf[] {
  return written.leaves.slice(from).map(({ header, record }) => ({
    kind: 'event',
    header,
    record,
    box: bytesOf(`box ${String(header.index)}`, 20),
    readable: readable.has(header.class),
  }));
}

/** One frame through the wire form, the stage and the log; a code when it is refused. */
function receive(receiver: Receiver, frame: DeltaFrame): Receiver | string {
  const answer = acceptDelta(receiver.stage, frame);
  if (answer.kind === 'refused') return answer.refusal.code;
  if (answer.kind === 'more') return { ...receiver, stage: answer.stage };
  const extended = extend(receiver.log, answer.range);
  if (!extended.ok) return extended.error.code;
  const events = answer.range.items.filter((item) => item.kind === 'event');
  const records = [...receiver.records, ...events.map(({ record }) => record)];
  return { log: extended.value.log, stage: answer.stage, records };
}

function receiveAll(receiver: Receiver, frames: readonly DeltaFrame[]): Receiver | string {
  let at: Receiver | string = receiver;
  for (const frame of frames) {
    if (typeof at === 'string') return at;
    at = receive(at, frame);
  }
  return at;
}

const scenario = fc.record({
  classes: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 40 }),
  readable: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 5 }),
  checkpoints: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }),
  chunkBytesMax: fc.integer({ min: 100, max: 2_000 }),
  budgetBytes: fc.integer({ min: 1, max: 4_000 }),
});

function stored(written: WrittenLog, sizes: readonly number[], from: number) {
  const { size } = written.log;
  const all = [...new Set([...sizes.filter((s) => s < size), size])].sort((a, b) => a - b);
  return all.filter((s) => s > from).map((s) => written.checkpointAt(s));
}

describe('delta', () => {
  it('brings exactly the readable events and the right root, in any chunks and budgets', () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const written = writeLog(s.classes);
        const readable = new Set(
          s.readable.map(
            (c) => written.leaves.find((l) => l.header.class === c)?.header.class ?? 0,
          ),
        );
        let receiver: Receiver = fresh;
        for (let round = 0; receiver.log.size < written.log.size; round++) {
          expect(round).toBeLessThan(100);
          const { from } = nextWant(receiver.stage);
          const plan = planDelta({
            nation: GBR,
            from,
            leaves: leavesFor(written, readable, from),
            checkpoints: stored(written, s.checkpoints, from),
            chunkBytesMax: s.chunkBytesMax,
            budgetBytes: s.budgetBytes,
          });
          const after = receiveAll(receiver, plan.chunks);
          if (typeof after === 'string') throw new Error(after);
          receiver = after;
          expect(nextWant(receiver.stage).from).toBe(plan.next);
        }
        expect(rootOf(receiver.log)).toBe(rootOf(written.log));
        const due = written.leaves.filter((l) => readable.has(l.header.class));
        expect(receiver.records).toEqual(due.map(({ record }) => record));
      }),
    );
  });

  it('refuses any altered, dropped, hidden, doubled or reordered item', () => {
    const tamper = fc.record({
      s: scenario,
      act: fc.constantFrom(
        'alter-record',
        'alter-header',
        'alter-stub',
        'drop',
        'hide',
        'double',
        'swap',
      ),
      at: fc.nat(),
    });
    fc.assert(
      fc.property(tamper, ({ s, act, at }) => {
        const written = writeLog(s.classes);
        const readable = new Set([0, 1, 2, 3, 4].filter((c) => s.readable.includes(c)));
        const plan = planDelta({
          nation: GBR,
          from: 0,
          leaves: leavesFor(written, readable, 0),
          checkpoints: stored(written, s.checkpoints, 0),
          chunkBytesMax: s.chunkBytesMax,
        });
        const changed = tampered(plan.chunks, act, at);
        if (changed === null) return;
        const after = receiveAll(fresh, changed);
        // The last event of a class may be hidden until the class proof or its next event shows it;
        // its place in the tree is right, so nothing false is accepted.
        if (act === 'hide' && typeof after !== 'string') {
          expect(rootOf(after.log)).toBe(rootOf(written.log));
          expect(isLastOfClass(written, plan.chunks, at)).toBe(true);
          return;
        }
        expect(after).toBeTypeOf('string');
      }),
      { numRuns: 400 },
    );
  });

  it('cuts chunks at 64 KiB, sends larger items alone and fits every frame', () => {
    const written = writeLog(
      Array.from({ length: 12 }, () => 1),
      60_000,
    );
    const leaves = leavesFor(written, new Set([1]), 0).map((leaf) =>
      leaf.kind === 'event' ? { ...leaf, box: bytesOf('box', 66_000) } : leaf,
    );
    const checkpoints = [written.checkpointAt(12)];
    const { chunks, next } = planDelta({ nation: GBR, from: 0, leaves, checkpoints });
    expect(chunks.map(({ items }) => items.length)).toEqual(Array.from({ length: 12 }, () => 1));
    expect(chunks.map(({ checkpoint }) => checkpoint?.size)).toEqual([
      ...Array.from({ length: 11 }, () => undefined),
      12,
    ]);
    expect(next).toBe(12);
    for (const chunk of chunks) {
      expect(encodeFrame(chunk).length).toBeLessThanOrEqual(LIMITS.frameBytesMax);
    }
  });

  it('keeps chunks of small items below their bound on the wire, and decodes to the same', () => {
    const written = writeLog(Array.from({ length: 900 }, (_, i) => i % 3));
    const plan = planDelta({
      nation: GBR,
      from: 0,
      leaves: leavesFor(written, new Set([0, 1]), 0),
      checkpoints: [written.checkpointAt(900)],
    });
    expect(plan.chunks.length).toBeGreaterThan(1);
    for (const chunk of plan.chunks) {
      const bytes = encodeFrame(chunk);
      expect(bytes.length).toBeLessThanOrEqual(LIMITS.deltaChunkBytesMax + 512);
      expect(decodeFrame(bytes)).toEqual({ ok: true, value: chunk });
    }
  });

  it('sends nothing behind the newest checkpoint', () => {
    const written = writeLog([0, 1, 0, 1, 0]);
    const leaves = leavesFor(written, new Set([0]), 0);
    const checkpoints = [written.checkpointAt(3)];
    const plan = planDelta({ nation: GBR, from: 0, leaves, checkpoints });
    expect(plan.next).toBe(3);
    expect(plan.chunks.map(({ items }) => items.length)).toEqual([3]);
    expect(planDelta({ nation: GBR, from: 0, leaves, checkpoints: [] })).toEqual({
      chunks: [],
      next: 0,
    });
  });
});

describe('stage', () => {
  const written = writeLog([0, 1, 0, 1, 0, 1]);
  const { chunks } = planDelta({
    nation: GBR,
    from: 0,
    leaves: leavesFor(written, new Set([0]), 0),
    checkpoints: [written.checkpointAt(6)],
    chunkBytesMax: 300,
  });

  it('goes on after a disconnect where it stopped', () => {
    const half = receiveAll(fresh, chunks.slice(0, 2));
    if (typeof half === 'string') throw new Error(half);
    expect(nextWant(half.stage)).toEqual({ type: 'want', nation: GBR, from: chunks[2]!.from });
    expect(receive(half, chunks[0]!)).toBe('INDEX_GAP');
    const whole = receiveAll(half, chunks.slice(2));
    expect(whole).toMatchObject({ log: { size: 6 } });
  });

  it('drops what was proven elsewhere', () => {
    const half = receiveAll(fresh, chunks.slice(0, 2));
    if (typeof half === 'string') throw new Error(half);
    const staged = half.stage.items.length;
    const advanced = advanceStage(half.stage, 1);
    expect(advanced).toMatchObject({ from: 1 });
    expect(advanced.items).toHaveLength(staged - 1);
    expect(advanced.bytes).toBeLessThan(half.stage.bytes);
    expect(advanceStage(half.stage, 100)).toEqual(emptyStage(GBR, 100));
  });

  it('is bounded: a flood without a checkpoint is refused and leaves no trace', () => {
    const items: DeltaItem[] = Array.from({ length: 1200 }, () => ({
      kind: 'withheld',
      hash: written.leaves[0]!.hash,
    }));
    let stage = emptyStage(GBR, 0);
    let refused: string | undefined;
    for (let i = 0; i < 1000 && refused === undefined; i++) {
      const from = nextWant(stage).from;
      const answer = acceptDelta(stage, { type: 'delta', nation: GBR, from, items });
      if (answer.kind === 'refused') refused = answer.refusal.code;
      stage = answer.stage;
    }
    expect(refused).toBe('STAGE_FULL');
    expect(stage.bytes).toBeLessThanOrEqual(LIMITS.stagedDeltaBytesMax);
  });

  it('refuses frames of another log, without positions or with a misplaced checkpoint', () => {
    const first = chunks[0]!;
    const checkpoint = written.checkpointAt(6);
    const codes = [
      { ...first, nation: 'USA' as DeltaFrame['nation'] },
      { ...first, items: [] },
      { ...first, checkpoint },
      { ...first, from: 1 },
    ].map((frame) => receive(fresh, frame));
    expect(codes).toEqual(['WRONG_LOG', 'EMPTY_DELTA', 'SIZE_MISMATCH', 'INDEX_GAP']);
  });
});

type Act = 'alter-record' | 'alter-header' | 'alter-stub' | 'drop' | 'hide' | 'double' | 'swap';

/** The frames with one act of a lying neighbour; null where the act changes nothing. */
function tampered(chunks: readonly DeltaFrame[], act: string, at: number): DeltaFrame[] | null {
  const flat = chunks.flatMap(({ items }, c) => items.map((_, i) => [c, i] as const));
  const [c, i] = flat[at % flat.length]!;
  const out = chunks.map((chunk) => ({ ...chunk, items: chunk.items.slice() }));
  const items = out[c]!.items;
  const item = items[i]!;
  const changed = actOn(item, act as Act);
  if (changed !== null) items[i] = changed;
  else if (act === 'drop') items.splice(i, 1);
  else if (act === 'double') items.splice(i, 0, item);
  else if (act === 'swap' && i + 1 < items.length) items.splice(i, 2, items[i + 1]!, item);
  else return null;
  return out;
}

function actOn(item: DeltaItem, act: Act): DeltaItem | null {
  if (item.kind === 'withheld') {
    return act === 'alter-stub' ? { ...item, hash: flip(item.hash) } : null;
  }
  if (act === 'alter-record') return { ...item, record: bytesOf('forged', item.record.length) };
  if (act === 'alter-header') return { ...item, header: { ...item.header, admitted: 1 } };
  if (act === 'hide') return { kind: 'withheld', hash: hashOf(item) };
  return null;
}

function flip<T extends string>(hex: T): T {
  return `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}` as T;
}

function hashOf(item: Extract<DeltaItem, { kind: 'event' }>) {
  const { header, record } = item;
  const one = planDelta({
    nation: GBR,
    from: header.index,
    leaves: [{ kind: 'event', header, record, readable: false }],
    checkpoints: [{ ...writeLog([0]).checkpointAt(1), size: header.index + 1 }],
  });
  const [stub] = one.chunks[0]!.items;
  if (stub?.kind !== 'withheld') throw new Error('a position that is not readable is withheld');
  return stub.hash;
}

function isLastOfClass(written: WrittenLog, chunks: readonly DeltaFrame[], at: number): boolean {
  const index = at % chunks.reduce((sum, { items }) => sum + items.length, 0);
  const cls = written.leaves[index]!.header.class;
  return written.leaves.slice(index + 1).every(({ header }) => header.class !== cls);
}

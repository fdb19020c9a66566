import { describe, expect, it } from 'vitest';
import type { Digest, LabelDigest } from '../../src/domain/ids.js';
import { ZERO_32, nation } from '../../src/domain/ids.js';
import type { EventLog, EventQuery } from '../../src/ports/event-log.js';
import { openLevelStore } from '../../src/adapters/level/index.js';
import { emptyForeignLog, emptyOwnLog } from '../../src/core/log/index.js';
import { OP, admitted, eventOf, ownAppend, stateBatch } from '../support/event-world.js';
import { GBR, bytesOf, writeLog } from '../support/log-world.js';
import { MemoryEventLog } from '../support/memory-event-log.js';
import { collect, withTempDir } from '../support/temp-dir.js';

type Run = (use: (log: EventLog) => Promise<void>) => Promise<void>;

const IMPLEMENTATIONS: readonly (readonly [string, Run])[] = [
  ['memory', async (use) => use(new MemoryEventLog())],
  [
    'level',
    async (use) =>
      withTempDir(async (dir) => {
        const store = await openLevelStore(dir);
        try {
          await use(store.eventLog);
        } finally {
          await store.close();
        }
      }),
  ],
];

const USA = nation('USA');
const receivedMs = 1_790_000_000_000;

describe.each(IMPLEMENTATIONS)('event log: %s', (_, run) => {
  it('answers an event as it was appended, with its place of arrival', async () => {
    await run(async (log) => {
      const events = [0, 1, 2].map((seq) => eventOf({ seq }));
      for (const event of events) {
        expect(await log.has(event.id)).toBe(false);
        await log.append({ events: [{ admitted: admitted(event), receivedMs }] });
      }
      const subject = 'GBR/platform/one';
      for (const [arrival, event] of events.entries()) {
        expect(await log.has(event.id)).toBe(true);
        expect(await log.event(event.id)).toEqual({ event, subject, arrival, receivedMs });
      }
      expect(await log.event(ZERO_32 as never)).toBeUndefined();
    });
  });

  it('keeps the first arrival of an event that comes again', async () => {
    await run(async (log) => {
      const [first, second] = [eventOf({ seq: 0 }), eventOf({ seq: 1 })];
      const twice = [first, first, second].map((event) => ({
        admitted: admitted(event),
        receivedMs,
      }));
      await log.append({ events: twice });
      await log.append({ events: [{ admitted: admitted(first), receivedMs: receivedMs + 9 }] });
      const all = await collect(log.events({}));
      expect(all.map(({ event }) => event.id)).toEqual([first.id, second.id]);
      expect(all.map(({ arrival }) => arrival)).toEqual([0, 1]);
      expect(all[0]?.receivedMs).toBe(receivedMs);
    });
  });

  it('finds events by nation, type, operation and arrival, both ways', async () => {
    await run(async (log) => {
      const OTHER_OP = 'ff'.repeat(16) as typeof OP;
      const events = Array.from({ length: 100 }, (_, i) =>
        eventOf({
          seq: i,
          nation: i % 3 === 0 ? USA : GBR,
          type: i % 2 === 0 ? 'track' : 'observation',
          op: i % 5 === 0 ? OTHER_OP : OP,
        }),
      );
      for (let i = 0; i < 100; i += 10) {
        const batch = events.slice(i, i + 10);
        await log.append({ events: batch.map((e) => ({ admitted: admitted(e), receivedMs })) });
      }
      const queries: EventQuery[] = [
        {},
        { nation: USA },
        { type: 'track' },
        { op: OTHER_OP },
        { nation: GBR, type: 'observation', op: OP },
        { nation: USA, op: OTHER_OP, from: 20 },
        { from: 95 },
        { from: 100 },
        { limit: 7 },
        { limit: 0 },
        { reverse: true, limit: 3 },
        { reverse: true, from: 50, limit: 40 },
        { nation: GBR, reverse: true, from: 33 },
        { type: 'track', from: 10, limit: 33 },
      ];
      for (const query of queries) {
        const found = await collect(log.events(query));
        const due = (query.reverse ? [...events.entries()].reverse() : [...events.entries()])
          .filter(([arrival, { payload }]) => {
            const { from = query.reverse ? Infinity : 0 } = query;
            return (
              (query.reverse ? arrival <= from : arrival >= from) &&
              (query.nation ?? payload.nation) === payload.nation &&
              (query.type ?? payload.type) === payload.type &&
              (query.op ?? payload.op) === payload.op
            );
          })
          .slice(0, query.limit);
        expect(
          found.map(({ arrival }) => arrival),
          JSON.stringify(query),
        ).toEqual(due.map(([arrival]) => arrival));
      }
    });
  });

  it('knows each stream by subject and seq, and the first of two at one position', async () => {
    await run(async (log) => {
      const ours = [0, 1, 5].map((seq) => eventOf({ seq }));
      const rival = eventOf({ seq: 1, text: 'a second event at the position' });
      const other = eventOf({ seq: 300, subject: 'GBR/platform/one2' });
      for (const event of [...ours, rival]) {
        await log.append({ events: [{ admitted: admitted(event), receivedMs }] });
      }
      await log.append({
        events: [{ admitted: admitted(other, 'GBR/platform/one2'), receivedMs }],
      });
      expect(await log.streamHead('GBR/platform/one')).toEqual({ seq: 5, id: ours[2]!.id });
      expect(await log.streamAt('GBR/platform/one', 1)).toBe(ours[1]!.id);
      expect(await log.has(rival.id)).toBe(true);
      expect(await log.streamAt('GBR/platform/one', 2)).toBeUndefined();
      expect(await log.streamHead('GBR/platform/one2')).toEqual({ seq: 300, id: other.id });
      expect(await log.streamHead('GBR/platform')).toBeUndefined();
    });
  });

  it('keeps a draft until its event is appended', async () => {
    await run(async (log) => {
      const event = eventOf({ seq: 3 });
      const subject = 'GBR/platform/one';
      const draft = { subject, seq: 3, payload: event.payloadBytes, box: bytesOf('box') };
      const later = { subject, seq: 4, payload: eventOf({ seq: 4 }).payloadBytes };
      await log.append({ drafts: [draft, later] });
      expect(await collect(log.drafts())).toEqual([draft, later]);
      await log.append({ events: [{ admitted: admitted(event), receivedMs }] });
      expect(await collect(log.drafts())).toEqual([later]);
    });
  });

  it('keeps leaves, states and checkpoints of each nation apart and in order', async () => {
    await run(async (log) => {
      const { leaves, checkpointAt } = writeLog(Array.from({ length: 20 }, (_, i) => i % 2));
      const stubs = leaves.map(({ hash }, index) => ({
        nation: GBR,
        leaf: { kind: 'withheld', index, hash } as const,
      }));
      const early = eventOf({ seq: 0 });
      const foreign = [
        { nation: USA, leaf: { kind: 'withheld', index: 7, hash: ZERO_32 } as const },
      ];
      await log.append({ leaves: [...stubs.slice(10), ...foreign] });
      await log.append({ leaves: stubs.slice(0, 10), checkpoints: [20, 3, 16].map(checkpointAt) });
      await log.append(stateBatch(emptyForeignLog(GBR)));
      await log.append({ events: [{ admitted: admitted(early), receivedMs }] });
      const found = await collect(log.leaves(GBR, 0, Infinity));
      expect(found).toEqual(stubs.map(({ leaf }) => leaf));
      expect(await collect(log.leaves(GBR, 5, 8))).toEqual(stubs.slice(5, 8).map((s) => s.leaf));
      expect(await collect(log.leaves(GBR, 8, 8))).toEqual([]);
      expect(await collect(log.leaves(USA, 0, 100))).toHaveLength(1);
      expect((await collect(log.checkpoints(GBR))).map(({ size }) => size)).toEqual([3, 16, 20]);
      expect(await collect(log.checkpoints(GBR, 16))).toEqual([checkpointAt(16), checkpointAt(20)]);
      expect(await log.checkpoint(GBR)).toEqual(checkpointAt(20));
      expect(await log.checkpoint(USA)).toBeUndefined();
      expect(await log.logState(GBR)).toEqual(
        stateBatch(emptyForeignLog(GBR)).logStates?.[0]?.state,
      );
      expect(await log.logState(USA)).toBeUndefined();
      expect(await log.nations()).toEqual([GBR, USA]);
    });
  });

  it('keeps both checkpoints of a fork', async () => {
    await run(async (log) => {
      const { checkpointAt } = writeLog([0, 1, 2]);
      const held = checkpointAt(3);
      const rival = { ...held, root: ZERO_32 };
      await log.append({ checkpoints: [held] });
      await log.append({ checkpoints: [rival, held] });
      const found = await collect(log.checkpoints(GBR));
      expect(found).toHaveLength(2);
      expect(found).toEqual(expect.arrayContaining([held, rival]));
    });
  });

  it('links an event to its leaf, in one batch or later', async () => {
    await run(async (log) => {
      const [one, two] = [eventOf({ seq: 0 }), eventOf({ seq: 1 })];
      const first = ownAppend(emptyOwnLog(GBR), one);
      await log.append(first.batch);
      const second = ownAppend(first.log, two);
      await log.append({ events: second.batch.events! });
      expect(await log.event(two.id)).not.toHaveProperty('leafIndex');
      await log.append({ leaves: second.batch.leaves! });
      expect(await log.event(one.id)).toMatchObject({ leafIndex: 0 });
      expect(await log.event(two.id)).toMatchObject({ leafIndex: 1 });
      expect(await collect(log.events({}))).toMatchObject([{ leafIndex: 0 }, { leafIndex: 1 }]);
    });
  });

  it('lets a stub become its event, and nothing else change a position', async () => {
    await run(async (log) => {
      const { leaves } = writeLog([0, 1]);
      const [a, b] = leaves;
      const stub = { kind: 'withheld', index: 0, hash: a!.hash } as const;
      const event = { kind: 'event', header: a!.header, id: eventOf({ seq: 0 }).id } as const;
      await log.append({ leaves: [{ nation: GBR, leaf: stub }] });
      await log.append({ leaves: [{ nation: GBR, leaf: event }] });
      await log.append({ leaves: [{ nation: GBR, leaf: stub }] });
      expect(await collect(log.leaves(GBR, 0, 9))).toEqual([event]);
      const other = { kind: 'withheld', index: 0, hash: b!.hash } as const;
      const box = { hash: ZERO_32, box: bytesOf('x') };
      await expect(
        log.append({ leaves: [{ nation: GBR, leaf: other }], boxes: [box] }),
      ).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      expect(await log.box(ZERO_32)).toBeUndefined();
      expect(await collect(log.leaves(GBR, 0, 9))).toEqual([event]);
    });
  });

  it('keeps boxes and labels by hash', async () => {
    await run(async (log) => {
      const hash = 'ab'.repeat(32) as Digest;
      const digest = 'cd'.repeat(32) as LabelDigest;
      await log.append({
        boxes: [{ hash, box: bytesOf('box', 300) }],
        labels: [{ digest, bytes: bytesOf('label', 50) }],
      });
      expect(await log.box(hash)).toEqual(bytesOf('box', 300));
      expect(await log.label(digest)).toEqual(bytesOf('label', 50));
      expect(await log.label(hash as string as LabelDigest)).toBeUndefined();
    });
  });
});

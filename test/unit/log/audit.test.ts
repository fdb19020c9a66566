import { join } from 'node:path';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { Level } from 'level';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCbor, encodeCbor } from '../../../src/domain/codec/dcbor.js';
import { decodeLeafHeader, encodeLeafHeader, leafHashOf } from '../../../src/domain/codec/leaf.js';
import type { EventLog } from '../../../src/ports/event-log.js';
import { openLevelStore } from '../../../src/adapters/level/index.js';
import type { AuditReport, OwnLog } from '../../../src/core/log/index.js';
import {
  checkpointHead,
  decodeLogState,
  emptyOwnLog,
  rootOf,
  verifyCheckpoint,
} from '../../../src/core/log/index.js';
import { auditStoredLog } from '../../../src/app/log-audit.js';
import { eventOf, ownAppend } from '../../support/event-world.js';
import {
  GBR,
  LOG_KEY,
  LOG_SECRET,
  signCheckpoint,
  verifyEd25519,
} from '../../support/log-world.js';
import { withTempDir } from '../../support/temp-dir.js';

/** Appends as a node does: from the stored state, one batch per event, checkpoints now and then. */
async function appendMore(log: EventLog, classes: readonly number[], checkpointEvery = 3) {
  const bytes = await log.logState(GBR);
  const stored = bytes === undefined ? undefined : decodeLogState(bytes);
  let own = emptyOwnLog(GBR);
  if (stored !== undefined) {
    if (!stored.ok || stored.value.kind !== 'own') throw new Error('the state is the own log');
    own = stored.value;
  }
  for (const cls of classes) {
    const { log: next, batch } = ownAppend(own, eventOf({ seq: own.size }), cls);
    own = next;
    const due = own.size % checkpointEvery === 0;
    await log.append(due ? { ...batch, checkpoints: [signed(own)] } : batch);
  }
  return own;
}

function signed(own: OwnLog) {
  return signCheckpoint(checkpointHead(own, LOG_SECRET, 1_790_000_000 + own.size));
}

async function audit(log: EventLog): Promise<AuditReport> {
  return auditStoredLog(log, {
    nation: GBR,
    logSecret: LOG_SECRET,
    signed: (checkpoint) => verifyCheckpoint(checkpoint, [LOG_KEY], verifyEd25519).ok,
  });
}

async function withStored(
  classes: readonly number[],
  damage: (rows: Level<string, Uint8Array>) => Promise<void>,
): Promise<AuditReport> {
  return withTempDir(async (dir) => {
    const store = await openLevelStore(dir);
    await appendMore(store.eventLog, classes);
    await store.close();
    const rows = new Level<string, Uint8Array>(join(dir, 'db'), { valueEncoding: 'view' });
    await damage(rows);
    await rows.close();
    const again = await openLevelStore(dir);
    try {
      return await audit(again.eventLog);
    } finally {
      await again.close();
    }
  });
}

async function keysOf(rows: Level<string, Uint8Array>, table: string): Promise<string[]> {
  return rows.keys({ gte: `${table}!`, lt: `${table}"` }).all();
}

/** Flips one bit of the row, `at` bytes from its end. */
async function flip(rows: Level<string, Uint8Array>, key: string, at: number): Promise<void> {
  const row = Uint8Array.from(await rows.get(key));
  row[row.length - 1 - at]! ^= 1;
  await rows.put(key, row);
}

const CLASSES = [0, 1, 2, 1, 1, 0, 2, 1, 0];

describe('stored log', () => {
  it('has the same root however often it was closed between appends, and audits clean', async () => {
    const runs = fc.array(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(runs, async (parts) => {
        const whole = await withTempDir(async (dir) => {
          const store = await openLevelStore(dir);
          const own = await appendMore(store.eventLog, parts.flat());
          await store.close();
          return rootOf(own);
        });
        await withTempDir(async (dir) => {
          for (const part of parts) {
            const store = await openLevelStore(dir);
            await appendMore(store.eventLog, part);
            await store.close();
          }
          const store = await openLevelStore(dir);
          const report = await audit(store.eventLog);
          const { size, root, held, withheld, findings } = report;
          const total = parts.flat().length;
          expect({ size, root, held, withheld }).toEqual({
            size: total,
            root: whole,
            held: total,
            withheld: 0,
          });
          expect(findings).toEqual([]);
          let arrival = 0;
          for await (const event of store.eventLog.events({})) {
            expect(event).toMatchObject({ arrival, leafIndex: arrival });
            arrival++;
          }
          expect(arrival).toBe(total);
          await store.close();
        });
      }),
      { numRuns: 12 },
    );
  });

  it('audits clean after nine appends with three checkpoints', async () => {
    const report = await withStored(CLASSES, async () => undefined);
    expect(report).toMatchObject({ nation: GBR, size: 9, checkpoints: 3, findings: [] });
  });
});

describe('audit of a damaged store', () => {
  it('names the leaf whose row was changed, wherever it was', async () => {
    for (const at of [0, 40, 70, 100, 130]) {
      const report = await withStored(CLASSES, async (rows) => {
        await flip(rows, (await keysOf(rows, 'lf'))[4]!, at);
      });
      expect(report.findings[0], String(at)).toMatchObject({ nation: GBR, index: 4 });
      expect(['LOG_LEAF', 'LOG_RECORD_MISSING']).toContain(report.findings[0]?.code);
    }
  });

  it('names the leaf that is gone', async () => {
    const report = await withStored(CLASSES, async (rows) => {
      await rows.del((await keysOf(rows, 'lf'))[4]!);
    });
    expect(report.findings[0]).toMatchObject({ code: 'LOG_INDEX', nation: GBR, index: 4 });
  });

  it('names the leaf whose record was changed: signature or payload', async () => {
    for (const [at, code] of [
      [0, 'LOG_RECORD'],
      [150, 'LOG_RECORD_MISSING'],
    ] as const) {
      const id = eventOf({ seq: 5 }).id;
      const report = await withStored(CLASSES, async (rows) => flip(rows, `ev!${id}`, at));
      expect(report.findings).toMatchObject([{ code, nation: GBR, index: 5 }]);
    }
  });

  it('names the class head that was changed', async () => {
    const report = await withStored(CLASSES, async (rows) => flip(rows, 'ls!GBR', 0));
    expect(report.findings).toMatchObject([{ code: 'LOG_STATE', nation: GBR, index: 6 }]);
  });

  it('names the checkpoint that was changed: signature, root or form', async () => {
    // From the end: signature 64 and its head 2, time 5, label root 34, root 34.
    for (const [at, codes] of [
      [0, ['LOG_SIGNATURE']],
      [66 + 5 + 10, ['LOG_SIGNATURE', 'LOG_LABEL_ROOT']],
      [66 + 5 + 34 + 10, ['LOG_SIGNATURE', 'LOG_ROOT']],
      [230, ['LOG_CHECKPOINT']],
    ] as const) {
      const report = await withStored(CLASSES, async (rows) => {
        await flip(rows, (await keysOf(rows, 'cp'))[1]!, at);
      });
      const due = codes.map((code) => ({ code, nation: GBR, index: 6 }));
      expect(report.findings, String(at)).toMatchObject(due);
    }
  });

  it('names the class chain and the root when a leaf was rewritten with a fitting hash', async () => {
    const report = await withStored(CLASSES, async (rows) => {
      const key = (await keysOf(rows, 'lf'))[3]!;
      const row = decodeCbor(await rows.get(key));
      if (!row.ok) throw new Error(row.error);
      const [kind, bytes, id] = row.value as [number, Uint8Array, Uint8Array];
      const header = decodeLeafHeader(bytes);
      if (!header.ok) throw new Error(header.error.detail);
      const forged = encodeLeafHeader({ ...header.value, admitted: 1 });
      await rows.put(key, encodeCbor([kind, forged, id, leafHashOf(forged)]));
    });
    const codes = report.findings.map(({ code, index }) => [code, index]);
    // The next leaf of the class is 4; the first checkpoint behind it is of size 6.
    expect(codes).toContainEqual(['LOG_CLASS_CHAIN', 4]);
    expect(codes).toContainEqual(['LOG_ROOT', 6]);
    expect(report.findings[0]?.detail).toContain('leaf 3 ');
  });

  it('names a checkpoint above the stored leaves: the tail is lost', async () => {
    const report = await withStored(CLASSES, async (rows) => {
      await rows.del((await keysOf(rows, 'lf'))[8]!);
    });
    const codes = report.findings.map(({ code, index }) => [code, index]);
    expect(codes).toContainEqual(['LOG_CHECKPOINT', 9]);
    expect(codes).toContainEqual(['LOG_STATE', 8]);
  });
});

describe('opening', () => {
  it('refuses a database that is open already', async () => {
    await withTempDir(async (dir) => {
      const store = await openLevelStore(dir);
      await expect(openLevelStore(dir)).rejects.toMatchObject({
        name: 'StoreError',
        code: 'STORE_LOCKED',
      });
      await store.close();
      await (await openLevelStore(dir)).close();
    });
  });

  it('refuses a database with a file that is damaged or gone, and changes nothing', async () => {
    const damages: readonly ((db: string) => Promise<void>)[] = [
      async (db) => rm(join(db, 'CURRENT')),
      async (db) => writeFile(join(db, 'CURRENT'), 'nonsense'),
      async (db) => {
        const manifest = (await readdir(db)).find((name) => name.startsWith('MANIFEST'))!;
        await rm(join(db, manifest));
      },
      async (db) => {
        const manifest = (await readdir(db)).find((name) => name.startsWith('MANIFEST'))!;
        await writeFile(join(db, manifest), new Uint8Array(100));
      },
    ];
    for (const [i, damage] of damages.entries()) {
      await withTempDir(async (dir) => {
        const store = await openLevelStore(dir);
        await appendMore(store.eventLog, CLASSES);
        await store.close();
        await damage(join(dir, 'db'));
        await expect(openLevelStore(dir), String(i)).rejects.toMatchObject({
          name: 'StoreError',
          code: 'STORE_DAMAGED',
        });
      });
    }
  });

  it('answers STORE_CLOSED after it was closed', async () => {
    await withTempDir(async (dir) => {
      const { eventLog, close } = await openLevelStore(dir);
      await close();
      const { batch } = ownAppend(emptyOwnLog(GBR), eventOf({ seq: 0 }));
      await expect(eventLog.append(batch)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
      await expect(eventLog.nations()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    });
  });

  it('finds sealed content that was altered', async () => {
    await withTempDir(async (dir) => {
      const store = await openLevelStore(dir);
      const event = eventOf({ seq: 0 });
      const { body } = event.payload;
      if (body.form !== 'sealed') throw new Error('the event is sealed');
      const { batch } = ownAppend(emptyOwnLog(GBR), event, 0);
      const box = new TextEncoder().encode('not what was sealed');
      await store.eventLog.append({ ...batch, boxes: [{ hash: body.boxHash, box }] });
      const { findings } = await audit(store.eventLog);
      expect(findings).toMatchObject([{ code: 'LOG_CONTENT', index: 0 }]);
      await store.close();
    });
  });
});

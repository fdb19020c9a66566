import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import type { SafetyBatch, StoredReplica } from '../../src/domain/consensus-store.js';
import type { CommittedBlock } from '../../src/domain/consensus.js';
import type { SafetyStore } from '../../src/ports/safety-store.js';
import { GuardFile, openLevelStore } from '../../src/adapters/level/index.js';
import { Disk } from '../sim/disk.js';
import { bytesOf } from '../support/log-world.js';
import { withTempDir } from '../support/temp-dir.js';
import { Fixture, blockId, entryId } from '../unit/consensus/fixtures.js';

const fixture = new Fixture();
const op = fixture.epoch.opId;

function batchOf(counter: number, rest: Partial<SafetyBatch> = {}): SafetyBatch {
  const lists = { blocks: [], entries: [], commits: [], forget: [] };
  const record = utf8(`record ${String(counter)}`);
  return { counter, record, guard: utf8(`guard ${String(counter)}`), ...lists, ...rest };
}

function block(view: number, height: number) {
  const entry = { id: entryId(view), bytes: bytesOf(`entry ${String(view)}`) };
  const record = fixture.record(view, [entry.id], { height });
  return { id: blockId(record.header), record, entry };
}

function committed(view: number, height: number): CommittedBlock {
  const { id, record, entry } = block(view, height);
  const certificate = fixture.certificate('commit', view, id);
  return { height, id, record, entries: [entry], certificate };
}

/** The simulator's disk behind the port. */
function memoryStore(): SafetyStore {
  const disk = new Disk();
  let begun = true;
  return {
    begin: async () => undefined,
    load: async () => disk.load(begun),
    write: async (_op, batch) => {
      begun = false;
      disk.write(batch);
    },
    block: async (_op, id) => disk.blocks.get(id),
    blockAt: async (_op, height) => disk.commits.find((c) => c.height === height)?.record,
    entry: async (_op, id) => disk.entries.get(id),
    lastCertificate: async () => disk.commits.at(-1)?.certificate,
    close: async () => undefined,
  };
}

type Run = (use: (store: SafetyStore) => Promise<void>) => Promise<void>;
const IMPLEMENTATIONS: readonly (readonly [string, Run])[] = [
  ['memory', async (use) => use(memoryStore())],
  [
    'level',
    async (use) =>
      withTempDir(async (dir) => {
        const store = await openLevelStore(dir);
        try {
          await store.safetyStore.begin(op);
          await use(store.safetyStore);
        } finally {
          await store.close();
        }
      }),
  ],
];

describe.each(IMPLEMENTATIONS)('safety store: %s', (_, run) => {
  it('starts a replica once, and knows ever after that it has lived', async () => {
    await run(async (store) => {
      expect(await store.load(op)).toEqual({ firstStart: true, guardSlots: [], pending: [] });
      await store.write(op, batchOf(1));
      expect(await store.load(op)).toMatchObject({
        firstStart: false,
        record: utf8('record 1'),
        guardSlots: [utf8('guard 1')],
      });
    });
  });

  it('keeps the newest record and the last two guards', async () => {
    await run(async (store) => {
      for (const counter of [1, 2, 3]) await store.write(op, batchOf(counter));
      const { record, guardSlots } = await store.load(op);
      expect(record).toEqual(utf8('record 3'));
      expect(guardSlots).toEqual([utf8('guard 2'), utf8('guard 3')]);
    });
  });

  it('keeps blocks above the tip with their entries until they commit or are forgotten', async () => {
    await run(async (store) => {
      const [one, two, beside] = [block(1, 1), block(2, 2), block(3, 2)];
      const all = [one, two, beside];
      await store.write(
        op,
        batchOf(1, {
          blocks: all.map(({ id, record }) => ({ id, record })),
          entries: [one.entry, two.entry],
        }),
      );
      const { pending, committed: none } = await store.load(op);
      expect(none).toBeUndefined();
      expect(byView(pending)).toEqual([
        { record: one.record, entries: [one.entry] },
        { record: two.record, entries: [two.entry] },
        { record: beside.record, entries: [] },
      ]);
      const commit = committed(1, 1);
      await store.write(op, batchOf(2, { commits: [commit], forget: [beside.id] }));
      const after = await store.load(op);
      const { certificate } = commit;
      expect(after.committed).toEqual({ block: one.id, height: 1, view: 1, certificate });
      expect(after.pending).toEqual([{ record: two.record, entries: [two.entry] }]);
      expect(await store.block(op, beside.id)).toBeUndefined();
      expect(await store.blockAt(op, 1)).toEqual(one.record);
      expect(await store.blockAt(op, 2)).toBeUndefined();
      expect(await store.entry(op, one.entry.id)).toEqual(one.entry.bytes);
      expect(await store.lastCertificate(op)).toEqual(certificate);
    });
  });

  it('moves the tip over many commits of one batch', async () => {
    await run(async (store) => {
      const commits = [1, 2, 3, 4].map((height) => committed(height + 10, height));
      await store.write(op, batchOf(1, { commits }));
      const { committed: tip } = await store.load(op);
      expect(tip).toMatchObject({ height: 4, view: 14, block: commits[3]!.id });
      for (const { height, id, record } of commits) {
        expect(await store.blockAt(op, height)).toEqual(record);
        expect(await store.block(op, id)).toEqual(record);
      }
    });
  });
});

function byView(pending: StoredReplica['pending']): StoredReplica['pending'] {
  return [...pending].sort((a, b) => a.record.header.view - b.record.header.view);
}

describe('level safety store', () => {
  it('comes back as it was after a restart, with each operation apart', async () => {
    await withTempDir(async (dir) => {
      const other = 'ee'.repeat(32) as typeof op;
      const first = await openLevelStore(dir);
      await first.safetyStore.begin(op);
      await first.safetyStore.write(op, batchOf(1, { commits: [committed(1, 1)] }));
      const before = await first.safetyStore.load(op);
      await first.close();
      const second = await openLevelStore(dir);
      expect(await second.safetyStore.load(op)).toEqual(before);
      expect(await second.safetyStore.load(other)).toEqual({
        firstStart: false,
        guardSlots: [],
        pending: [],
      });
      await expect(second.safetyStore.begin(op)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      await second.close();
    });
  });

  it('is no first start when the database is lost and the guard is left', async () => {
    await withTempDir(async (dir) => {
      const guardDir = join(dir, 'elsewhere');
      const first = await openLevelStore(join(dir, 'one'), { guardDir });
      await first.safetyStore.begin(op);
      await first.safetyStore.write(op, batchOf(1));
      await first.close();
      const fresh = await openLevelStore(join(dir, 'two'), { guardDir });
      const guardSlots = [utf8('guard 1')];
      expect(await fresh.safetyStore.load(op)).toEqual({
        firstStart: false,
        guardSlots,
        pending: [],
      });
      await expect(fresh.safetyStore.begin(op)).rejects.toMatchObject({ code: 'STORE_CONFLICT' });
      await fresh.close();
    });
  });
});

describe('guard file', () => {
  it('falls back to the other slot when one is torn, at any byte', async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, 'guards', 'x.guard');
      const guard = await GuardFile.create(path);
      expect(await guard.read()).toEqual({ slots: [], pristine: true });
      await guard.write(0, utf8('older'));
      await guard.write(1, utf8('newer'));
      const file = await open(path, 'r+');
      for (const at of [0, 1, 2, 6, 7, 20, 38]) {
        const byte = new Uint8Array(1);
        await file.read(byte, 0, 1, 4096 + at);
        await file.write(Uint8Array.of(byte[0]! ^ 0x40), 0, 1, 4096 + at);
        expect(await guard.read()).toEqual({ slots: [utf8('older')], pristine: false });
        await file.write(byte, 0, 1, 4096 + at);
      }
      expect((await guard.read()).slots).toEqual([utf8('older'), utf8('newer')]);
      await file.truncate(4096);
      expect((await guard.read()).slots).toEqual([utf8('older')]);
      await file.close();
      await guard.close();
    });
  });

  it('is not there before it is created, and is created once', async () => {
    await withTempDir(async (dir) => {
      const path = join(dir, 'x.guard');
      expect(await GuardFile.open(path)).toBeUndefined();
      await (await GuardFile.create(path)).close();
      await expect(GuardFile.create(path)).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
    });
  });
});

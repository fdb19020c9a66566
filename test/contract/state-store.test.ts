import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/base/bytes.js';
import type { StateStore } from '../../src/ports/state-store.js';
import { openLevelStore } from '../../src/adapters/level/index.js';
import { MemoryStateStore } from '../support/memory-state-store.js';
import { collect, withTempDir } from '../support/temp-dir.js';

async function withLevel(use: (store: StateStore) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const store = await openLevelStore(dir);
    try {
      await use(store.stateStore);
    } finally {
      await store.close();
    }
  });
}

type Run = (use: (store: StateStore) => Promise<void>) => Promise<void>;
const IMPLEMENTATIONS: readonly (readonly [string, Run])[] = [
  ['memory', async (use) => use(new MemoryStateStore())],
  ['level', withLevel],
];

describe.each(IMPLEMENTATIONS)('state store: %s', (_, run) => {
  it('keeps documents by collection and key until they are deleted', async () => {
    await run(async (store) => {
      const put = (collection: string, key: string, text: string | null) => ({
        collection,
        key,
        value: text === null ? null : utf8(text),
      });
      await store.write([put('keys', 'a', '1'), put('keys', 'b', '2'), put('keys-old', 'a', '3')]);
      expect(await store.get('keys', 'a')).toEqual(utf8('1'));
      expect(await store.get('keys-old', 'a')).toEqual(utf8('3'));
      await store.write([put('keys', 'a', null), put('keys', 'b', '4')]);
      expect(await store.get('keys', 'a')).toBeUndefined();
      expect(await collect(store.entries('keys'))).toEqual([['b', utf8('4')]]);
      expect(await collect(store.entries('key'))).toEqual([]);
    });
  });

  it('lists keys in the order of their bytes, from a key on, both ways', async () => {
    await run(async (store) => {
      const keys = ['', 'a', 'a!', 'a"', 'ab', 'b', 'é', '~', '00', '0'];
      await store.write(keys.map((key) => ({ collection: 'c', key, value: utf8(key) })));
      const list = async (range: Parameters<StateStore['entries']>[1]) =>
        (await collect(store.entries('c', range))).map(([key]) => key);
      const sorted = ['', '0', '00', 'a', 'a!', 'a"', 'ab', 'b', '~', 'é'];
      expect(await list({})).toEqual(sorted);
      expect(await list({ reverse: true })).toEqual(sorted.toReversed());
      expect(await list({ from: 'a!', limit: 2 })).toEqual(['a!', 'a"']);
      expect(await list({ from: 'a!', reverse: true })).toEqual(['a!', 'a', '00', '0', '']);
      expect(await list({ from: 'a#' })).toEqual(['ab', 'b', '~', 'é']);
    });
  });
});

describe('state stores', () => {
  const change = fc.record({
    key: fc.string({ maxLength: 3 }),
    value: fc.option(fc.uint8Array({ maxLength: 4 })),
  });

  it('agree after any writes', async () => {
    await withLevel(async (level) => {
      let round = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 5 }),
          fc.record({ from: fc.string({ maxLength: 3 }), reverse: fc.boolean() }),
          async (batches, range) => {
            const memory = new MemoryStateStore();
            const collection = `c${String(round++)}`;
            for (const batch of batches) {
              const changes = batch.map((c) => ({ collection, ...c }));
              await memory.write(changes);
              await level.write(changes);
            }
            expect(await collect(level.entries(collection, range))).toEqual(
              await collect(memory.entries(collection, range)),
            );
          },
        ),
        { numRuns: 40 },
      );
    });
  });
});

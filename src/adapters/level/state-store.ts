import { assert } from '../../base/assert.js';
import type { StateStore } from '../../ports/state-store.js';
import type { Database } from './database.js';
import { below, keyOf } from './keys.js';

const TABLE = 'sd';
const COLLECTION_FORM = /^[a-z][a-z0-9-]*$/;

function documentKey(collection: string, key: string): string {
  assert(COLLECTION_FORM.test(collection), 'a collection has a kebab-case name');
  return keyOf(TABLE, collection, key);
}

/** Documents by collection and key; keys sort by the bytes of their UTF-8. */
export class LevelStateStore implements StateStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async get(collection: string, key: string): Promise<Uint8Array | undefined> {
    return this.#database.get(documentKey(collection, key));
  }

  async write(changes: Parameters<StateStore['write']>[0]): Promise<void> {
    await this.#database.write(
      changes.map(({ collection, key: name, value }) => {
        const key = documentKey(collection, name);
        return value === null ? { type: 'del', key } : { type: 'put', key, value };
      }),
    );
  }

  /** `from` is the first key to answer; reversed, the first going down. */
  async *entries(
    collection: string,
    range: Parameters<StateStore['entries']>[1] = {},
  ): AsyncGenerator<readonly [key: string, value: Uint8Array]> {
    const prefix = documentKey(collection, '');
    const { gte, lt } = below(TABLE, collection);
    const { from, reverse = false, limit } = range;
    const bounds = { gte: !reverse && from !== undefined ? prefix + from : gte, lt };
    // A zero byte behind a key is the least key above it.
    if (reverse && from !== undefined) bounds.lt = `${prefix}${from}\0`;
    const scan = { ...bounds, reverse, ...(limit === undefined ? {} : { limit }) };
    for await (const [key, value] of this.#database.entries(scan)) {
      yield [key.slice(prefix.length), value];
    }
  }
}

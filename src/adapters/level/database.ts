import { mkdir, readdir } from 'node:fs/promises';
import { Level } from 'level';
import { equalBytes, utf8 } from '../../base/bytes.js';
import { storeError, StoreError } from './store-error.js';

export type Change =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string };

export interface Scan {
  readonly gte: string;
  readonly lt: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

const FORMAT_KEY = 'meta!format';
const FORMAT = utf8('entente-store-1');

/** Plain bytes: the library may answer with its own subclass. */
function plain(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

/**
 * LevelDB creates a new, empty database over tables whose CURRENT file is gone. For a log that would
 * be silent loss of everything.
 */
async function refuseHeadless(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const names = await readdir(dir);
  const hasTables = names.some((name) => /^MANIFEST-|\.(?:ldb|sst|log)$/.test(name));
  if (hasTables && !names.includes('CURRENT')) {
    throw new StoreError('STORE_DAMAGED', `open: ${dir} has tables and no CURRENT file`);
  }
}

/** One LevelDB database: string keys, byte values, synced atomic batches, named errors. */
export class Database {
  readonly #level: Level<string, Uint8Array>;

  private constructor(level: Level<string, Uint8Array>) {
    this.#level = level;
  }

  static async open(dir: string): Promise<Database> {
    await refuseHeadless(dir);
    const level = new Level<string, Uint8Array>(dir, {
      keyEncoding: 'utf8',
      valueEncoding: 'view',
    });
    try {
      await level.open();
    } catch (error) {
      throw storeError(error, 'STORE_READ_FAILED', 'open');
    }
    const database = new Database(level);
    try {
      await database.#checkFormat();
    } catch (error) {
      await level.close();
      throw error;
    }
    return database;
  }

  async #checkFormat(): Promise<void> {
    const found = await this.get(FORMAT_KEY);
    if (found === undefined) {
      const [first] = await this.#level.keys({ limit: 1 }).all();
      if (first !== undefined) {
        throw new StoreError('STORE_DAMAGED', 'open: the database has rows and no format');
      }
      await this.write([{ type: 'put', key: FORMAT_KEY, value: FORMAT }]);
    } else if (!equalBytes(found, FORMAT)) {
      throw new StoreError('STORE_FORMAT', 'open: the database is of another version');
    }
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const [value] = await this.getMany([key]);
    return value;
  }

  /** Values in the order of the keys. */
  async getMany(keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]> {
    try {
      const values: (Uint8Array | undefined)[] = await this.#level.getMany([...keys]);
      return values.map((value) => value && plain(value));
    } catch (error) {
      throw storeError(error, 'STORE_READ_FAILED', 'read');
    }
  }

  /** All or nothing, and on the disk when the promise resolves. */
  async write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    try {
      await this.#level.batch([...changes], { sync: true });
    } catch (error) {
      throw storeError(error, 'STORE_WRITE_FAILED', 'write');
    }
  }

  /** Rows of a range as they stood when the first was asked for. */
  async *entries(scan: Scan): AsyncGenerator<readonly [string, Uint8Array]> {
    const iterator = this.#iterator(scan);
    try {
      for (;;) {
        const entry = await iterator.next().catch((error: unknown) => {
          throw storeError(error, 'STORE_READ_FAILED', 'scan');
        });
        if (entry === undefined) return;
        yield [entry[0], plain(entry[1])];
      }
    } finally {
      await iterator.close();
    }
  }

  #iterator(scan: Scan) {
    try {
      return this.#level.iterator({ ...scan, limit: scan.limit ?? -1 });
    } catch (error) {
      throw storeError(error, 'STORE_READ_FAILED', 'scan');
    }
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

import { decodeCheckpoint } from '../../domain/codec/checkpoint.js';
import type { Checkpoint } from '../../domain/checkpoint.js';
import type { Digest, EventId, LabelDigest, Nation } from '../../domain/ids.js';
import { isNation } from '../../domain/ids.js';
import type {
  Draft,
  EventLog,
  EventQuery,
  Leaf,
  LogBatch,
  StoredEvent,
} from '../../ports/event-log.js';
import type { Database } from './database.js';
import { EventBatch, TABLES, leafKey, streamKey, typeKey } from './event-batch.js';
import { below, keyOf, numberKey, numberOfKey, tailOf, textKey } from './keys.js';
import { decodeDraftRow, decodeEventRow, decodeId, decodeLeafRow, decodeNumber } from './rows.js';
import { damaged } from './store-error.js';

/** Events that a query reads at a time: bounds its memory to some megabytes at worst. */
const PAGE = 32;

function matches({ event }: StoredEvent, query: EventQuery): boolean {
  const { nation, op, type } = event.payload;
  return (
    (query.nation === undefined || query.nation === nation) &&
    (query.op === undefined || query.op === op) &&
    (query.type === undefined || query.type === type)
  );
}

/** The index that leaves the fewest events to look at. */
function indexOf(query: EventQuery): readonly string[] {
  if (query.op !== undefined && query.nation === undefined) return [TABLES.byOp, query.op];
  if (query.type !== undefined) return [TABLES.byType, typeKey(query.type)];
  if (query.nation !== undefined) return [TABLES.byNation, query.nation];
  return [TABLES.arrival];
}

/** Size of the log at a checkpoint, from its key. */
function sizeOfKey(key: string): number {
  const [, , , size] = key.split('!');
  return numberOfKey(size ?? '');
}

interface CheckpointScan {
  readonly fromSize?: number;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export class LevelEventLog implements EventLog {
  readonly #database: Database;
  readonly #close: () => Promise<void>;
  #arrival: number;
  /** Appends wait for each other: what one reads must be what the one before wrote. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(database: Database, arrival: number, close: () => Promise<void>) {
    this.#database = database;
    this.#arrival = arrival;
    this.#close = close;
  }

  /** `close` closes the database that several stores share. */
  static async over(database: Database, close: () => Promise<void>): Promise<LevelEventLog> {
    let arrival = 0;
    const newest = { ...below(TABLES.arrival), reverse: true, limit: 1 };
    for await (const [key] of database.entries(newest)) arrival = numberOfKey(key) + 1;
    return new LevelEventLog(database, arrival, close);
  }

  async append(batch: LogBatch): Promise<void> {
    const done = this.#last.then(async () => {
      const changes = new EventBatch(this.#database, this.#arrival);
      await changes.collect(batch);
      await this.#database.write(changes.changes);
      this.#arrival = changes.arrival;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async event(id: EventId): Promise<StoredEvent | undefined> {
    const [stored] = await this.#events([id]);
    return stored;
  }

  async has(id: EventId): Promise<boolean> {
    return (await this.#database.get(keyOf(TABLES.event, id))) !== undefined;
  }

  /** In order of arrival. `from` is the first arrival number; reversed, the first going down. */
  async *events(query: EventQuery): AsyncGenerator<StoredEvent> {
    const index = indexOf(query);
    const { gte, lt } = below(...index);
    const from = query.from === undefined ? undefined : keyOf(...index, numberKey(query.from));
    const reverse = query.reverse ?? false;
    const range = reverse
      ? { gte, lt: from === undefined ? lt : `${from}!` }
      : { gte: from ?? gte, lt };
    let left = query.limit ?? Infinity;
    let page: EventId[] = [];
    for await (const [, id] of this.#database.entries({ ...range, reverse })) {
      if (left <= 0) return;
      page.push(decodeId('arrival', id));
      if (page.length < Math.min(PAGE, left)) continue;
      for (const stored of await this.#page(page, query)) {
        if (left-- <= 0) return;
        yield stored;
      }
      page = [];
    }
    for (const stored of await this.#page(page, query)) {
      if (left-- <= 0) return;
      yield stored;
    }
  }

  async #page(ids: readonly EventId[], query: EventQuery): Promise<readonly StoredEvent[]> {
    const page: StoredEvent[] = [];
    for (const [i, stored] of (await this.#events(ids)).entries()) {
      if (stored === undefined) throw damaged({ table: 'event' }, `${ids[i] ?? ''} is missing`);
      if (matches(stored, query)) page.push(stored);
    }
    return page;
  }

  async #events(ids: readonly EventId[]): Promise<readonly (StoredEvent | undefined)[]> {
    const rows = await this.#database.getMany(ids.map((id) => keyOf(TABLES.event, id)));
    const positions = await this.#database.getMany(ids.map((id) => keyOf(TABLES.position, id)));
    return ids.map((id, i) => {
      const row = rows[i];
      if (row === undefined) return undefined;
      const position = positions[i];
      const stored = decodeEventRow(id, row);
      if (position === undefined) return stored;
      return { ...stored, leafIndex: decodeNumber('position', position) };
    });
  }

  async streamHead(
    subject: string,
  ): Promise<{ readonly seq: number; readonly id: EventId } | undefined> {
    const range = below(TABLES.stream, textKey(subject));
    for await (const [key, id] of this.#database.entries({ ...range, reverse: true, limit: 1 })) {
      return { seq: numberOfKey(key), id: decodeId('stream', id) };
    }
    return undefined;
  }

  async streamAt(subject: string, seq: number): Promise<EventId | undefined> {
    const id = await this.#database.get(streamKey(subject, seq));
    return id && decodeId('stream', id);
  }

  async *drafts(): AsyncGenerator<Draft> {
    for await (const [, row] of this.#database.entries(below(TABLES.draft))) {
      yield decodeDraftRow(row);
    }
  }

  /** Positions from..to−1 that are stored; `to` may be Infinity. */
  async *leaves(nation: Nation, from: number, to: number): AsyncGenerator<Leaf> {
    if (from >= to) return;
    const { lt } = below(TABLES.leaf, nation);
    const end = Number.isSafeInteger(to) ? leafKey(nation, to) : lt;
    for await (const [key, row] of this.#database.entries({
      gte: leafKey(nation, from),
      lt: end,
    })) {
      yield decodeLeafRow(nation, numberOfKey(key), row);
    }
  }

  async logState(nation: Nation): Promise<Uint8Array | undefined> {
    return this.#database.get(keyOf(TABLES.logState, nation));
  }

  async checkpoint(nation: Nation): Promise<Checkpoint | undefined> {
    for await (const checkpoint of this.#checkpoints(nation, { reverse: true, limit: 1 })) {
      return checkpoint;
    }
    return undefined;
  }

  /** Ascending by log number, size and time. */
  checkpoints(nation: Nation, fromSize = 0): AsyncIterable<Checkpoint> {
    return this.#checkpoints(nation, { fromSize });
  }

  async *#checkpoints(
    nation: Nation,
    { fromSize = 0, ...scan }: CheckpointScan,
  ): AsyncGenerator<Checkpoint> {
    const range = below(TABLES.checkpoint, nation);
    for await (const [key, row] of this.#database.entries({ ...range, ...scan })) {
      const index = sizeOfKey(key);
      if (index < fromSize) continue;
      const checkpoint = decodeCheckpoint(row);
      const place = { table: 'checkpoint', nation, index };
      if (!checkpoint.ok) throw damaged(place, checkpoint.error.detail);
      if (checkpoint.value.size !== index) throw damaged(place, 'is of another size');
      yield checkpoint.value;
    }
  }

  async nations(): Promise<readonly Nation[]> {
    const nations: Nation[] = [];
    for await (const [key] of this.#database.entries(below(TABLES.nation))) {
      const code = tailOf(key);
      if (!isNation(code)) throw damaged({ table: 'nation' }, 'is no nation code');
      nations.push(code);
    }
    return nations;
  }

  async box(hash: Digest): Promise<Uint8Array | undefined> {
    return this.#database.get(keyOf(TABLES.box, hash));
  }

  async label(digest: LabelDigest): Promise<Uint8Array | undefined> {
    return this.#database.get(keyOf(TABLES.label, digest));
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#close();
  }
}

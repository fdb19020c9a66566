import { join } from 'node:path';
import { assert } from '../../base/assert.js';
import { concatBytes, equalBytes, utf8 } from '../../base/bytes.js';
import type { BinaryRefusal } from '../../domain/codec/consensus-bytes.js';
import {
  blockId,
  decodeBlockRecord,
  decodeCertificate,
  encodeBlockRecord,
  encodeCertificate,
} from '../../domain/codec/consensus-parts.js';
import type { SafetyBatch, StoredReplica } from '../../domain/consensus-store.js';
import type { BlockRecord, Certificate, EntryBody } from '../../domain/consensus.js';
import type { Result } from '../../base/result.js';
import type { BlockId, EntryId, OpId } from '../../domain/ids.js';
import { idBytes, idFromBytes } from '../../domain/ids.js';
import type { SafetyStore } from '../../ports/safety-store.js';
import type { Change, Database } from './database.js';
import { GuardFile } from './guard-file.js';
import { below, keyOf, numberKey, numberOfKey, tailOf } from './keys.js';
import { StoreError, damaged } from './store-error.js';

const TABLES = {
  /** Marks a replica whose life begins: until its first write, or never again. */
  begun: 'sf',
  record: 'sr',
  block: 'sb',
  /** Blocks above the tip, by id. */
  pending: 'su',
  entry: 'se',
  /** Committed chain by height: block id ‖ certificate. */
  committed: 'sc',
} as const;

const BEGUN = utf8('begun');

function readable<T>(table: string, result: Result<T, BinaryRefusal>): T {
  if (!result.ok) throw damaged({ table }, `${result.error.field} ${result.error.detail}`);
  return result.value;
}

interface CommittedRow {
  readonly block: BlockId;
  readonly certificate: Certificate;
}

function committedOf(row: Uint8Array): CommittedRow {
  if (row.length < 32) throw damaged({ table: 'committed' }, 'is short');
  const block = idFromBytes<BlockId>(row.subarray(0, 32));
  return { block, certificate: readable('committed', decodeCertificate(row.subarray(32))) };
}

/** Safety records, blocks and entries of the replicas of one node, with a guard file for each. */
export class LevelSafetyStore implements SafetyStore {
  readonly #database: Database;
  readonly #guardDir: string;
  readonly #close: () => Promise<void>;
  readonly #guards = new Map<OpId, Promise<GuardFile>>();

  constructor(database: Database, guardDir: string, close: () => Promise<void>) {
    this.#database = database;
    this.#guardDir = guardDir;
    this.#close = close;
  }

  /**
   * Begins the life of a replica: called once, for the human act that takes up an operation. Without
   * it, a replica that finds nothing has lost its state and signs nothing.
   */
  async begin(op: OpId): Promise<void> {
    const found = await GuardFile.open(this.#guardPath(op));
    const guard = found ?? (await GuardFile.create(this.#guardPath(op)));
    try {
      const { pristine } = await guard.read();
      const record = await this.#database.get(keyOf(TABLES.record, op));
      if (!pristine || record !== undefined) {
        throw new StoreError('STORE_CONFLICT', `replica of ${op} has lived before`);
      }
      await this.#database.write([{ type: 'put', key: keyOf(TABLES.begun, op), value: BEGUN }]);
    } finally {
      await guard.close();
    }
  }

  async load(op: OpId): Promise<StoredReplica> {
    const record = await this.#database.get(keyOf(TABLES.record, op));
    const begun = await this.#database.get(keyOf(TABLES.begun, op));
    const guard = await GuardFile.open(this.#guardPath(op));
    const content = await guard?.read();
    await guard?.close();
    const fresh = begun !== undefined && record === undefined && content?.pristine === true;
    const committed = await this.#committedTip(op);
    return {
      firstStart: fresh,
      guardSlots: content?.slots ?? [],
      pending: await this.#pending(op),
      ...(record && { record }),
      ...(committed && { committed }),
    };
  }

  async write(op: OpId, batch: SafetyBatch): Promise<void> {
    const changes = this.#changes(op, batch);
    const guard = await this.#guard(op);
    const slot = batch.counter % 2 === 0 ? 0 : 1;
    // Guard second: a guard ahead of its record reads as a lost vote, and a power cut in between
    // would silence every member that it hits in the same moment. A guard behind costs nothing.
    await this.#database.write(changes);
    await guard.write(slot, batch.guard);
  }

  async block(op: OpId, id: BlockId): Promise<BlockRecord | undefined> {
    const row = await this.#database.get(keyOf(TABLES.block, op, id));
    if (row === undefined) return undefined;
    const record = readable('block', decodeBlockRecord(row));
    if (blockId(record.header) !== id) throw damaged({ table: 'block' }, `${id} is another block`);
    return record;
  }

  async blockAt(op: OpId, height: number): Promise<BlockRecord | undefined> {
    const row = await this.#database.get(keyOf(TABLES.committed, op, numberKey(height)));
    return row && (await this.#whole(op, committedOf(row).block));
  }

  async entry(op: OpId, id: EntryId): Promise<Uint8Array | undefined> {
    return this.#database.get(keyOf(TABLES.entry, op, id));
  }

  async lastCertificate(op: OpId): Promise<Certificate | undefined> {
    return (await this.#lastRow(op))?.row.certificate;
  }

  async close(): Promise<void> {
    const guards = await Promise.allSettled(this.#guards.values());
    this.#guards.clear();
    for (const guard of guards) if (guard.status === 'fulfilled') await guard.value.close();
    await this.#close();
  }

  #guardPath(op: OpId): string {
    return join(this.#guardDir, `${op}.guard`);
  }

  async #guard(op: OpId): Promise<GuardFile> {
    const path = this.#guardPath(op);
    const opened =
      this.#guards.get(op) ?? GuardFile.open(path).then((found) => found ?? GuardFile.create(path));
    this.#guards.set(op, opened);
    try {
      return await opened;
    } catch (error) {
      this.#guards.delete(op);
      throw error;
    }
  }

  #changes(op: OpId, batch: SafetyBatch): readonly Change[] {
    const changes: Change[] = [{ type: 'del', key: keyOf(TABLES.begun, op) }];
    const put = (value: Uint8Array, ...parts: readonly string[]) => {
      changes.push({ type: 'put', key: keyOf(...parts), value });
    };
    put(batch.record, TABLES.record, op);
    for (const { id, bytes } of batch.entries) put(bytes, TABLES.entry, op, id);
    for (const { id, record } of batch.blocks) {
      put(encodeBlockRecord(record), TABLES.block, op, id);
      put(idBytes(id), TABLES.pending, op, id);
    }
    for (const id of batch.forget) {
      changes.push({ type: 'del', key: keyOf(TABLES.block, op, id) });
      changes.push({ type: 'del', key: keyOf(TABLES.pending, op, id) });
    }
    batch.commits.forEach(({ height, id, record, entries, certificate }, i) => {
      const before = batch.commits[i - 1];
      assert(before === undefined || before.height + 1 === height, 'commits ascend without gaps');
      put(encodeBlockRecord(record), TABLES.block, op, id);
      for (const entry of entries) put(entry.bytes, TABLES.entry, op, entry.id);
      const row = concatBytes(idBytes(id), encodeCertificate(certificate));
      put(row, TABLES.committed, op, numberKey(height));
      changes.push({ type: 'del', key: keyOf(TABLES.pending, op, id) });
    });
    return changes;
  }

  async #lastRow(
    op: OpId,
  ): Promise<{ readonly height: number; readonly row: CommittedRow } | undefined> {
    const newest = { ...below(TABLES.committed, op), reverse: true, limit: 1 };
    for await (const [key, row] of this.#database.entries(newest)) {
      return { height: numberOfKey(key), row: committedOf(row) };
    }
    return undefined;
  }

  async #committedTip(op: OpId): Promise<StoredReplica['committed']> {
    const last = await this.#lastRow(op);
    if (last === undefined) return undefined;
    const { block, certificate } = last.row;
    const { header } = await this.#whole(op, block);
    if (header.height !== last.height)
      throw damaged({ table: 'committed' }, 'is of another height');
    return { block, height: last.height, view: header.view, certificate };
  }

  async #whole(op: OpId, id: BlockId): Promise<BlockRecord> {
    const record = await this.block(op, id);
    if (record === undefined) throw damaged({ table: 'block' }, `${id} is missing`);
    return record;
  }

  async #pending(op: OpId): Promise<StoredReplica['pending']> {
    const pending: { record: BlockRecord; entries: readonly EntryBody[] }[] = [];
    for await (const [key, row] of this.#database.entries(below(TABLES.pending, op))) {
      const id = tailOf(key) as BlockId;
      if (!equalBytes(row, idBytes(id))) throw damaged({ table: 'pending' }, 'is another block');
      const record = await this.#whole(op, id);
      const keys = record.entryIds.map((entry) => keyOf(TABLES.entry, op, entry));
      const bodies = await this.#database.getMany(keys);
      const entries = record.entryIds.flatMap((entry, i): readonly EntryBody[] => {
        const bytes = bodies[i];
        return bytes === undefined ? [] : [{ id: entry, bytes }];
      });
      pending.push({ record, entries });
    }
    return pending;
  }
}

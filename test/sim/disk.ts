import type { SafetyBatch, StoredReplica } from '../../src/domain/consensus-store.js';
import { blockId } from '../../src/domain/codec/consensus.js';
import type { BlockRecord, CommittedBlock, EntryBody } from '../../src/domain/consensus.js';
import type { BlockId, EntryId } from '../../src/domain/ids.js';

/** How much of a write a crash left. */
export type Landed = 'nothing' | 'all' | 'batch';

/** What survives a crash of one node. */
export class Disk {
  record: Uint8Array | undefined;
  readonly guard: (Uint8Array | undefined)[] = [undefined, undefined];
  readonly blocks = new Map<BlockId, BlockRecord>();
  readonly entries = new Map<EntryId, Uint8Array>();
  readonly commits: CommittedBlock[] = [];
  #guardBehind = false;

  write(batch: SafetyBatch): void {
    this.#guardBehind = false;
    this.record = batch.record;
    this.guard[batch.counter % 2] = batch.guard;
    for (const { id, record } of batch.blocks) this.blocks.set(id, record);
    for (const { id, bytes } of batch.entries) this.entries.set(id, bytes);
    for (const block of batch.commits) {
      this.commits.push(block);
      this.blocks.set(block.id, block.record);
      for (const { id, bytes } of block.entries) this.entries.set(id, bytes);
    }
    for (const id of batch.forget) this.blocks.delete(id);
  }

  /**
   * The guard is written behind the batch: a crash may leave it one step back. Two steps count as
   * lost state, so it never falls behind twice in a row here. Answers what landed.
   */
  tear(batch: SafetyBatch, falls: Landed): Landed {
    const lands = falls === 'batch' && this.#guardBehind ? 'all' : falls;
    const guard = [...this.guard];
    if (lands !== 'nothing') this.write(batch);
    if (lands === 'batch') {
      this.guard.splice(0, 2, ...guard);
      this.#guardBehind = true;
    }
    return lands;
  }

  load(firstStart: boolean): StoredReplica {
    const tip = this.commits.at(-1);
    const height = tip?.height ?? 0;
    const bodies = (record: BlockRecord): EntryBody[] =>
      record.entryIds.flatMap((id) => {
        const bytes = this.entries.get(id);
        return bytes === undefined ? [] : [{ id, bytes }];
      });
    return {
      firstStart,
      ...(this.record && { record: this.record }),
      guardSlots: this.guard.flatMap((slot) => slot ?? []),
      ...(tip && {
        committed: {
          block: tip.id,
          height: tip.height,
          view: tip.record.header.view,
          certificate: tip.certificate,
        },
      }),
      pending: [...this.blocks.values()]
        .filter((record) => record.header.height > height)
        .map((record) => ({ record, entries: bodies(record) })),
    };
  }

  /** Answer to a fetch: along parents, newest first. */
  records(from: BlockId, downToHeight: number, maxRecords: number): readonly BlockRecord[] {
    const out: BlockRecord[] = [];
    for (let at = from; out.length < maxRecords;) {
      const record = this.blocks.get(at);
      if (record === undefined || record.header.height <= downToHeight) break;
      if (blockId(record.header) !== at) throw new Error('a block is stored under another id');
      out.push(record);
      at = record.header.parent;
    }
    return out;
  }
}

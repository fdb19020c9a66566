import type { SafetyBatch, StoredReplica } from '../../src/domain/consensus-store.js';
import type { BlockRecord, Certificate } from '../../src/domain/consensus.js';
import type { BlockId, EntryId, OpId } from '../../src/domain/ids.js';
import type { SafetyStore } from '../../src/ports/safety-store.js';
import { Disk } from '../sim/disk.js';

/** The safety store port over the simulator's disks, one for each operation. */
export class MemorySafetyStore implements SafetyStore {
  readonly #disks = new Map<OpId, Disk>();
  readonly #begun = new Set<OpId>();

  async begin(op: OpId): Promise<void> {
    if (this.#disks.get(op)?.record !== undefined) {
      throw Object.assign(new Error('has lived before'), { code: 'STORE_CONFLICT' });
    }
    this.#begun.add(op);
  }

  async load(op: OpId): Promise<StoredReplica> {
    const disk = this.disk(op);
    return disk.load(this.#begun.has(op) && disk.record === undefined);
  }

  async write(op: OpId, batch: SafetyBatch): Promise<void> {
    this.disk(op).write(batch);
  }

  async block(op: OpId, id: BlockId): Promise<BlockRecord | undefined> {
    return this.disk(op).blocks.get(id);
  }

  async blockAt(op: OpId, height: number): Promise<BlockRecord | undefined> {
    return this.disk(op).commits.find((commit) => commit.height === height)?.record;
  }

  async entry(op: OpId, id: EntryId): Promise<Uint8Array | undefined> {
    return this.disk(op).entries.get(id);
  }

  async lastCertificate(op: OpId): Promise<Certificate | undefined> {
    return this.disk(op).commits.at(-1)?.certificate;
  }

  /** Everything that is stored. */
  dump(): unknown {
    return this.#disks;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  disk(op: OpId): Disk {
    const held = this.#disks.get(op) ?? new Disk();
    this.#disks.set(op, held);
    return held;
  }
}

import type { SafetyBatch, StoredReplica } from '../domain/consensus-store.js';
import type { BlockRecord, Certificate } from '../domain/consensus.js';
import type { BlockId, EntryId, OpId } from '../domain/ids.js';

/** Durable records of the settlement replicas of one node, apart by operation. */
export interface SafetyStore {
  /** Takes an operation up for the first time in this node's life; refused when it has lived here. */
  begin(op: OpId): Promise<void>;
  load(op: OpId): Promise<StoredReplica>;
  /** The batch durable (`sync`), all or nothing; then the guard; then the promise resolves. */
  write(op: OpId, batch: SafetyBatch): Promise<void>;
  block(op: OpId, id: BlockId): Promise<BlockRecord | undefined>;
  blockAt(op: OpId, height: number): Promise<BlockRecord | undefined>;
  entry(op: OpId, id: EntryId): Promise<Uint8Array | undefined>;
  /** Newest commit certificate held for the committed chain. */
  lastCertificate(op: OpId): Promise<Certificate | undefined>;
  close(): Promise<void>;
}

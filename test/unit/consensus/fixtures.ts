import { blockId, payloadRoot } from '../../../src/domain/codec/consensus.js';
import { blockPreimage, timeoutPreimage } from '../../../src/domain/codec/consensus.js';
import type {
  BlockRecord,
  Certificate,
  EpochState,
  Header,
  TimeoutCertificate,
  Vote,
} from '../../../src/domain/consensus.js';
import type { BlockId, EntryId } from '../../../src/domain/ids.js';
import { anchorCertificate } from '../../../src/core/consensus/certificates.js';
import type { Keys } from '../../sim/keys.js';
import { ed25519Keys, epochOf } from '../../sim/keys.js';

/** Certificates, votes and blocks of a small operation with fixed Ed25519 keys. */
export class Fixture {
  readonly keys: Keys;
  readonly epoch: EpochState;

  constructor(n = 4) {
    this.keys = ed25519Keys(n);
    this.epoch = epochOf(this.keys);
  }

  leader(view: number): number {
    return this.epoch.order[view % this.epoch.order.length]!;
  }

  vote(kind: Vote['kind'], view: number, block: BlockId, author: number): Vote {
    const signature = this.keys.sign(author, blockPreimage(this.epoch, kind, view, block));
    return { kind, epoch: this.epoch.epoch, view, block, author, signature };
  }

  certificate(kind: Vote['kind'], view: number, block: BlockId, from = 0): Certificate {
    const signers = Array.from({ length: this.epoch.q }, (_, i) => i + from);
    const signatures = signers.map((author) => this.vote(kind, view, block, author).signature);
    return { kind, epoch: this.epoch.epoch, view, block, signers, signatures };
  }

  timeoutCertificate(view: number, highQC: Certificate): TimeoutCertificate {
    const signers = Array.from({ length: this.epoch.q }, (_, i) => i);
    const highQcViews = signers.map((i) => (i === 0 ? highQC.view : 0));
    const signatures = signers.map((author, i) =>
      this.keys.sign(author, timeoutPreimage(this.epoch, view, highQcViews[i]!)),
    );
    return { epoch: this.epoch.epoch, view, highQC, signers, highQcViews, signatures };
  }

  record(view: number, entryIds: readonly EntryId[], change: Partial<Header> = {}): BlockRecord {
    const justify = anchorCertificate(this.epoch);
    const header: Header = {
      kind: entryIds.length === 0 ? 'seal' : 'normal',
      opId: this.epoch.opId,
      epoch: this.epoch.epoch,
      valSetHash: this.epoch.valSetHash,
      view,
      height: 1,
      justifyView: 0,
      parent: justify.block,
      tcView: 0,
      tcHighView: 0,
      author: this.leader(view),
      payloadRoot: payloadRoot(entryIds),
      entryCount: entryIds.length,
      ...change,
    };
    return { header, entryIds, justify };
  }
}

export function id(byte: number): BlockId {
  return byte.toString(16).padStart(2, '0').repeat(32) as BlockId;
}

export function entryId(byte: number): EntryId {
  return id(byte) as string as EntryId;
}

export { blockId };

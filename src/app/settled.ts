import { decodeCertificate, encodeCertificate } from '../domain/codec/consensus-parts.js';
import { cborMap, decodeCbor, encodeCbor } from '../domain/codec/dcbor.js';
import { asBytes, asMap, asUint } from '../domain/codec/reader.js';
import type { Certificate } from '../domain/consensus.js';
import type { BlockId, CoreId, EntryId, Op } from '../domain/ids.js';
import { idBytes, idFromBytes } from '../domain/ids.js';
import type { StateStore } from '../ports/state-store.js';

/** Where a settled entry stands, and the certificate that made it final. */
export interface Settled {
  readonly coreId: CoreId;
  readonly entryId: EntryId;
  readonly op: Op;
  readonly epoch: number;
  readonly height: number;
  readonly view: number;
  readonly block: BlockId;
  /** Commit certificate of the block or of a descendant. */
  readonly certificate: Certificate;
  readonly settledMs: number;
}

const COLLECTION = 'settled';

function encode(s: Settled): Uint8Array {
  return encodeCbor(
    cborMap(
      [0, idBytes(s.coreId)],
      [1, idBytes(s.entryId)],
      [2, idBytes(s.op)],
      [3, s.epoch],
      [4, s.height],
      [5, s.view],
      [6, idBytes(s.block)],
      [7, encodeCertificate(s.certificate)],
      [8, s.settledMs],
    ),
  );
}

function decode(bytes: Uint8Array): Settled {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) throw new Error('a settled record is damaged in the store');
  const map = asMap(decoded.value, 'settled');
  const certificate = decodeCertificate(asBytes(map.get(7), 'certificate'));
  if (!certificate.ok) throw new Error('a commit certificate is damaged in the store');
  return {
    coreId: idFromBytes<CoreId>(asBytes(map.get(0), 'coreId', 32)),
    entryId: idFromBytes<EntryId>(asBytes(map.get(1), 'entryId', 32)),
    op: idFromBytes<Op>(asBytes(map.get(2), 'op', 16), 16),
    epoch: asUint(map.get(3), 'epoch'),
    height: asUint(map.get(4), 'height'),
    view: asUint(map.get(5), 'view'),
    block: idFromBytes<BlockId>(asBytes(map.get(6), 'block', 32)),
    certificate: certificate.value,
    settledMs: asUint(map.get(8), 'settledMs'),
  };
}

/** Index of what is settled, by settlement id. The chain itself is in the safety store. */
export class SettledIndex {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  async get(coreId: CoreId): Promise<Settled | undefined> {
    const bytes = await this.#state.get(COLLECTION, coreId);
    return bytes && decode(bytes);
  }

  async add(entries: readonly Settled[]): Promise<void> {
    await this.#state.write(
      entries.map((s) => ({ collection: COLLECTION, key: s.coreId, value: encode(s) })),
    );
  }

  async *all(): AsyncIterable<Settled> {
    for await (const [, value] of this.#state.entries(COLLECTION)) yield decode(value);
  }
}

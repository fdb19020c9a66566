import { coreIdOf, decodeCore, encodeCore } from '../domain/codec/entry.js';
import type { CoreId, Nation, Op } from '../domain/ids.js';
import { opOf } from '../domain/ids.js';
import type { SettlementCore } from '../domain/settlement.js';
import type { StateStore } from '../ports/state-store.js';

const COLLECTION = 'core';
/** Cores of one proposing nation in one operation that may wait at a time. */
const CORES_PER_PROPOSER_MAX = 1000;

/** A settlement core as it was shown to this node. */
export interface ShownCore {
  readonly id: CoreId;
  readonly op: Op;
  readonly core: SettlementCore;
  readonly bytes: Uint8Array;
  readonly proposer: Nation;
}

/** Who shows a core, in which operation, and what of that is settled already. */
interface Showing {
  readonly op: Op;
  readonly proposer: Nation;
  readonly isSettled?: (id: CoreId) => boolean;
}

/** The cores that members were shown, whether or not they were ever settled. */
export class Cores {
  readonly #state: StateStore;
  readonly #byId = new Map<CoreId, ShownCore>();

  constructor(state: StateStore) {
    this.#state = state;
  }

  async load(): Promise<void> {
    for await (const [key, value] of this.#state.entries(COLLECTION)) {
      const [, proposer = ''] = key.split('/');
      this.#remember(value, proposer as Nation);
    }
  }

  get(id: CoreId): ShownCore | undefined {
    return this.#byId.get(id);
  }

  of(op: Op): readonly ShownCore[] {
    return [...this.#byId.values()].filter((shown) => shown.op === op);
  }

  all(): readonly ShownCore[] {
    return [...this.#byId.values()];
  }

  /**
   * Takes a core of an operation in from the nation that shows it; undefined when it is malformed, of
   * another operation, or too many wait.
   */
  async show(
    bytes: Uint8Array,
    { op, proposer, isSettled = () => false }: Showing,
  ): Promise<ShownCore | undefined> {
    const decoded = decodeCore(bytes);
    if (!decoded.ok || opOf(decoded.value.opId) !== op) return undefined;
    const id = coreIdOf(decoded.value);
    const held = this.#byId.get(id);
    if (held !== undefined) return held;
    const waiting = this.of(op).filter((c) => c.proposer === proposer && !isSettled(c.id)).length;
    if (waiting >= CORES_PER_PROPOSER_MAX) return undefined;
    await this.#state.write([{ collection: COLLECTION, key: `${id}/${proposer}`, value: bytes }]);
    return this.#remember(bytes, proposer);
  }

  #remember(bytes: Uint8Array, proposer: Nation): ShownCore | undefined {
    const decoded = decodeCore(bytes);
    if (!decoded.ok) return undefined;
    const core = decoded.value;
    const shown = {
      id: coreIdOf(core),
      op: opOf(core.opId),
      core,
      bytes: encodeCore(core),
      proposer,
    };
    this.#byId.set(shown.id, shown);
    return shown;
  }
}

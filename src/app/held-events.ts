import { cborMap, decodeCbor, encodeCbor } from '../domain/codec/dcbor.js';
import type { EventId } from '../domain/ids.js';
import type { StateStore } from '../ports/state-store.js';
import type { Incoming, InboundOutcome } from './inbound.js';

const COLLECTION = 'held-event';
/** Bound of what waits: beyond it the newest are not kept, and the log still proves that they exist. */
const HELD_MAX = 10_000;

function incomingOf(value: Uint8Array): Incoming | undefined {
  const decoded = decodeCbor(value);
  if (!decoded.ok || !(decoded.value instanceof Map)) return undefined;
  const record: unknown = decoded.value.get(0);
  const box: unknown = decoded.value.get(1);
  if (!(record instanceof Uint8Array)) return undefined;
  return box instanceof Uint8Array ? { record, box } : { record };
}

/** Events of proven ranges that wait for something: an operation, a configuration, a credential. */
export class HeldEvents {
  readonly #state: StateStore;
  #count = 0;

  constructor(state: StateStore) {
    this.#state = state;
  }

  get count(): number {
    return this.#count;
  }

  async load(): Promise<void> {
    let count = 0;
    for await (const [key] of this.#state.entries(COLLECTION)) if (key !== '') count++;
    this.#count = count;
  }

  async keep(id: EventId, { record, box }: Incoming): Promise<void> {
    if (this.#count >= HELD_MAX) return;
    const value = encodeCbor(cborMap([0, record], [1, box]));
    const before = await this.#state.get(COLLECTION, id);
    await this.#state.write([{ collection: COLLECTION, key: id, value }]);
    if (before === undefined) this.#count++;
  }

  /** Tries every held event again; those that are decided now leave. */
  async retry(receive: (incoming: Incoming) => Promise<InboundOutcome>): Promise<void> {
    const waiting: (readonly [string, Uint8Array])[] = [];
    for await (const entry of this.#state.entries(COLLECTION)) waiting.push(entry);
    for (const [key, value] of waiting) {
      const incoming = incomingOf(value);
      const outcome = incoming && (await receive(incoming));
      if (outcome?.kind === 'held') continue;
      await this.#state.write([{ collection: COLLECTION, key, value: null }]);
      this.#count--;
    }
  }
}

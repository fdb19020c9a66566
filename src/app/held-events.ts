import { cborMap, decodeCbor, encodeCbor } from '../domain/codec/dcbor.js';
import { decodeLeafHeader, encodeLeafHeader } from '../domain/codec/leaf.js';
import type { LeafHeader } from '../domain/checkpoint.js';
import type { Nation } from '../domain/ids.js';
import type { Incoming, InboundOutcome } from './inbound.js';
import type { LabelBook } from './label-book.js';
import type { AppPorts } from './parts.js';

const COLLECTION = 'held-event';
/** Bound of what waits: beyond it the newest are not kept, and the log still proves that they exist. */
const HELD_MAX = 10_000;
/** Events read at a time: bounds memory. */
const PAGE = 64;

/** An event that waits, with its place in the log of its nation and its label when that is known. */
export interface HeldItem extends Incoming {
  readonly header: LeafHeader;
  readonly label?: Uint8Array;
}

interface Parts {
  readonly ports: Pick<AppPorts, 'log' | 'state'>;
  readonly labels: LabelBook;
}

/** In order of nation and of position in its log: that is how they are tried again. */
function keyOf(nation: Nation, { index }: LeafHeader): string {
  return `${nation}/${String(index).padStart(16, '0')}`;
}

function encodeHeld({ record, box, header, label }: HeldItem): Uint8Array {
  return encodeCbor(cborMap([0, record], [1, box], [2, encodeLeafHeader(header)], [3, label]));
}

function decodeHeld(value: Uint8Array): HeldItem | undefined {
  const decoded = decodeCbor(value);
  if (!decoded.ok || !(decoded.value instanceof Map)) return undefined;
  const [record, box, place, label]: readonly unknown[] = [0, 1, 2, 3].map((key) =>
    (decoded.value as ReadonlyMap<unknown, unknown>).get(key),
  );
  if (!(record instanceof Uint8Array) || !(place instanceof Uint8Array)) return undefined;
  const header = decodeLeafHeader(place);
  if (!header.ok) return undefined;
  return {
    record,
    header: header.value,
    ...(box instanceof Uint8Array ? { box } : {}),
    ...(label instanceof Uint8Array ? { label } : {}),
  };
}

/** Events of proven ranges that wait for something: an operation, a configuration, a credential. */
export class HeldEvents {
  readonly #parts: Parts;
  #count = 0;
  #releases = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#count;
  }

  /** How often something came that events may have waited for: tells whether any came meanwhile. */
  get releases(): number {
    return this.#releases;
  }

  released(): void {
    this.#releases++;
  }

  async load(): Promise<void> {
    let count = 0;
    for await (const [key] of this.#parts.ports.state.entries(COLLECTION)) if (key !== '') count++;
    this.#count = count;
  }

  async keep(nation: Nation, item: HeldItem): Promise<void> {
    if (this.#count >= HELD_MAX) return;
    const { state } = this.#parts.ports;
    const key = keyOf(nation, item.header);
    const before = await state.get(COLLECTION, key);
    await state.write([{ collection: COLLECTION, key, value: encodeHeld(item) }]);
    if (before === undefined) this.#count++;
  }

  /** Tries every held event again; those that are decided now leave. */
  async retry(receive: (incoming: Incoming) => Promise<InboundOutcome>): Promise<void> {
    const { state } = this.#parts.ports;
    let from = '';
    for (;;) {
      const page: (readonly [string, Uint8Array])[] = [];
      for await (const entry of state.entries(COLLECTION, { from, limit: PAGE })) page.push(entry);
      for (const [key, value] of page) {
        if (await this.#isWaiting(key, value, receive)) continue;
        await state.write([{ collection: COLLECTION, key, value: null }]);
        this.#count--;
      }
      const last = page[page.length - 1];
      if (last === undefined || page.length < PAGE) return;
      // The next key: nothing sorts between a key and the same with the smallest character behind.
      from = `${last[0]}\u0000`;
    }
  }

  async #isWaiting(
    key: string,
    value: Uint8Array,
    receive: (incoming: Incoming) => Promise<InboundOutcome>,
  ): Promise<boolean> {
    const item = decodeHeld(value);
    if (item === undefined) return false;
    const { record, box, header, label } = item;
    if (label !== undefined) this.#parts.labels.offer(label);
    const outcome = await receive(box === undefined ? { record } : { record, box });
    if (outcome.kind === 'held') return true;
    if (outcome.kind === 'refused') return false;
    // Its place was kept by its hash alone: now the place is this event's.
    const [nation] = key.split('/');
    const leaf = { kind: 'event', header, id: outcome.id } as const;
    await this.#parts.ports.log.append({ leaves: [{ nation: nation as Nation, leaf }] });
    return false;
  }
}

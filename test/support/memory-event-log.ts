import type { Checkpoint } from '../../src/domain/checkpoint.js';
import type { Digest, EventId, LabelDigest, Nation } from '../../src/domain/ids.js';
import { compareText, equalBytes } from '../../src/base/bytes.js';
import { encodeCheckpoint } from '../../src/domain/codec/checkpoint.js';
import { leafHash } from '../../src/domain/codec/leaf.js';
import type {
  Draft,
  EventLog,
  EventQuery,
  Leaf,
  LogBatch,
  StoredEvent,
} from '../../src/ports/event-log.js';

function hashOf(leaf: Leaf): Digest {
  return leaf.kind === 'event' ? leafHash(leaf.header) : leaf.hash;
}

function indexOf(leaf: Leaf): number {
  return leaf.kind === 'event' ? leaf.header.index : leaf.index;
}

function inOrder(a: Checkpoint, b: Checkpoint): number {
  return a.logNumber - b.logNumber || a.size - b.size || a.time - b.time;
}

/** The event log port over plain collections: what the contract means, without a disk. */
export class MemoryEventLog implements EventLog {
  readonly #events: StoredEvent[] = [];
  readonly #byId = new Map<EventId, StoredEvent>();
  readonly #positions = new Map<EventId, number>();
  readonly #streams = new Map<string, Map<number, EventId>>();
  readonly #drafts = new Map<string, Draft>();
  readonly #leaves = new Map<Nation, Map<number, Leaf>>();
  readonly #states = new Map<Nation, Uint8Array>();
  readonly #checkpoints: Checkpoint[] = [];
  readonly #boxes = new Map<Digest, Uint8Array>();
  readonly #labels = new Map<LabelDigest, Uint8Array>();
  readonly #nations = new Set<Nation>();

  async append(batch: LogBatch): Promise<void> {
    this.#refuseConflicts(batch);
    for (const draft of batch.drafts ?? []) {
      this.#drafts.set(`${draft.subject} ${String(draft.seq)}`, draft);
    }
    for (const { admitted, receivedMs } of batch.events ?? []) {
      this.#addEvent(admitted.value.credential.subject, admitted.value.event, receivedMs);
    }
    for (const { hash, box } of batch.boxes ?? []) this.#boxes.set(hash, box);
    for (const { digest, bytes } of batch.labels ?? []) this.#labels.set(digest, bytes);
    for (const { nation, leaf } of batch.leaves ?? []) {
      const leaves = this.#leaves.get(nation) ?? new Map<number, Leaf>();
      this.#leaves.set(nation, leaves);
      if (leaf.kind === 'event' || !leaves.has(leaf.index)) leaves.set(indexOf(leaf), leaf);
      if (leaf.kind === 'event') this.#positions.set(leaf.id, leaf.header.index);
      this.#nations.add(nation);
    }
    for (const { nation, state } of batch.logStates ?? []) {
      this.#states.set(nation, state);
      this.#nations.add(nation);
    }
    for (const checkpoint of batch.checkpoints ?? []) {
      const bytes = encodeCheckpoint(checkpoint);
      if (!this.#checkpoints.some((held) => equalBytes(encodeCheckpoint(held), bytes))) {
        this.#checkpoints.push(checkpoint);
      }
      this.#nations.add(checkpoint.nation);
    }
  }

  #refuseConflicts(batch: LogBatch): void {
    for (const { nation, leaf } of batch.leaves ?? []) {
      const held = this.#leaves.get(nation)?.get(indexOf(leaf));
      if (held !== undefined && hashOf(held) !== hashOf(leaf)) {
        throw Object.assign(new Error('another leaf is held'), { code: 'STORE_CONFLICT' });
      }
    }
  }

  #addEvent(subject: string, event: StoredEvent['event'], receivedMs: number): void {
    const { seq, nation } = event.payload;
    this.#drafts.delete(`${subject} ${String(seq)}`);
    if (this.#byId.has(event.id)) return;
    const stored = { event, subject, receivedMs, arrival: this.#events.length };
    this.#events.push(stored);
    this.#byId.set(event.id, stored);
    const stream = this.#streams.get(subject) ?? new Map<number, EventId>();
    this.#streams.set(subject, stream);
    if (!stream.has(seq)) stream.set(seq, event.id);
    this.#nations.add(nation);
  }

  #withPosition(stored: StoredEvent): StoredEvent {
    const leafIndex = this.#positions.get(stored.event.id);
    return leafIndex === undefined ? stored : { ...stored, leafIndex };
  }

  async event(id: EventId): Promise<StoredEvent | undefined> {
    const stored = this.#byId.get(id);
    return stored && this.#withPosition(stored);
  }

  async has(id: EventId): Promise<boolean> {
    return (await this.event(id)) !== undefined;
  }

  async *events(query: EventQuery): AsyncGenerator<StoredEvent> {
    const { nation, op, type, from, reverse, limit } = query;
    const ordered = reverse ? this.#events.toReversed() : this.#events.slice();
    const found = ordered.filter(
      ({ arrival, event: { payload } }) =>
        (from === undefined || (reverse ? arrival <= from : arrival >= from)) &&
        (nation === undefined || payload.nation === nation) &&
        (op === undefined || payload.op === op) &&
        (type === undefined || payload.type === type),
    );
    for (const stored of found.slice(0, limit)) yield this.#withPosition(stored);
  }

  async streamHead(subject: string) {
    const stream = [...(this.#streams.get(subject) ?? [])].sort(([a], [b]) => b - a);
    const [newest] = stream;
    return newest && { seq: newest[0], id: newest[1] };
  }

  async streamAt(subject: string, seq: number): Promise<EventId | undefined> {
    return this.#streams.get(subject)?.get(seq);
  }

  async *drafts(): AsyncGenerator<Draft> {
    yield* this.#drafts.values();
  }

  async *leaves(nation: Nation, from: number, to: number): AsyncGenerator<Leaf> {
    const leaves = [...(this.#leaves.get(nation)?.values() ?? [])];
    leaves.sort((a, b) => indexOf(a) - indexOf(b));
    yield* leaves.filter((leaf) => indexOf(leaf) >= from && indexOf(leaf) < to);
  }

  async logState(nation: Nation): Promise<Uint8Array | undefined> {
    return this.#states.get(nation);
  }

  async checkpoint(nation: Nation): Promise<Checkpoint | undefined> {
    return this.#of(nation).at(-1);
  }

  async *checkpoints(nation: Nation, fromSize = 0): AsyncGenerator<Checkpoint> {
    yield* this.#of(nation).filter(({ size }) => size >= fromSize);
  }

  #of(nation: Nation): Checkpoint[] {
    return this.#checkpoints.filter((held) => held.nation === nation).sort(inOrder);
  }

  async nations(): Promise<readonly Nation[]> {
    return [...this.#nations].sort(compareText);
  }

  async box(hash: Digest): Promise<Uint8Array | undefined> {
    return this.#boxes.get(hash);
  }

  async label(digest: LabelDigest): Promise<Uint8Array | undefined> {
    return this.#labels.get(digest);
  }

  /** Everything that is stored. */
  dump(): readonly unknown[] {
    return [
      this.#events,
      this.#streams,
      this.#drafts,
      this.#leaves,
      this.#states,
      this.#checkpoints,
      this.#boxes,
      this.#labels,
    ];
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

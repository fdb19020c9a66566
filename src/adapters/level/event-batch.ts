import { equalBytes } from '../../base/bytes.js';
import { encodeCheckpoint, encodeCheckpointHead } from '../../domain/codec/checkpoint.js';
import { hashHex } from '../../domain/codec/hash.js';
import type { Checkpoint } from '../../domain/checkpoint.js';
import { EVENT_TYPES } from '../../domain/event-types.js';
import type { Nation } from '../../domain/ids.js';
import { idBytes } from '../../domain/ids.js';
import type { LogBatch, StoredEvent } from '../../ports/event-log.js';
import type { Change, Database } from './database.js';
import { keyOf, numberKey, textKey } from './keys.js';
import {
  encodeDraftRow,
  encodeEventRow,
  encodeLeafRow,
  encodeNumber,
  leafHashOfRow,
} from './rows.js';
import { StoreError } from './store-error.js';

/** Tables of the event log, as they begin the keys. */
export const TABLES = {
  event: 'ev',
  /** Position in its nation's log, by event. */
  position: 'el',
  arrival: 'ar',
  byNation: 'an',
  byOp: 'ao',
  byType: 'at',
  stream: 'st',
  draft: 'dr',
  leaf: 'lf',
  logState: 'ls',
  checkpoint: 'cp',
  nation: 'nt',
  box: 'bx',
  label: 'lb',
} as const;

export function typeKey(type: StoredEvent['event']['payload']['type']): string {
  return EVENT_TYPES[type].toString(16).padStart(2, '0');
}

/** Orders by log number, size, time; several of one size (a fork) stand side by side. */
export function checkpointKey(checkpoint: Checkpoint): string {
  const { nation, logNumber, size, time } = checkpoint;
  const content = hashHex(encodeCheckpointHead(checkpoint)).slice(0, 16);
  const numbers = [logNumber, size, time].map(numberKey);
  return keyOf(TABLES.checkpoint, nation, ...numbers, content);
}

export function leafKey(nation: Nation, index: number): string {
  return keyOf(TABLES.leaf, nation, numberKey(index));
}

export function streamKey(subject: string, seq: number): string {
  return keyOf(TABLES.stream, textKey(subject), numberKey(seq));
}

function draftKey(subject: string, seq: number): string {
  return keyOf(TABLES.draft, textKey(subject), numberKey(seq));
}

const NOTHING = new Uint8Array(0);

/** Collects the changes of one append, with the reads that they depend on. */
export class EventBatch {
  readonly #database: Database;
  readonly changes: Change[] = [];
  readonly #events = new Map<string, StoredEvent>();
  readonly #streams = new Set<string>();
  readonly #nations = new Set<Nation>();
  /** Arrival number of the next event. */
  arrival: number;

  constructor(database: Database, arrival: number) {
    this.#database = database;
    this.arrival = arrival;
  }

  async collect(batch: LogBatch): Promise<void> {
    for (const draft of batch.drafts ?? []) {
      this.#put(draftKey(draft.subject, draft.seq), encodeDraftRow(draft));
    }
    for (const { admitted, receivedMs } of batch.events ?? []) {
      const { event, credential } = admitted.value;
      await this.#addEvent({
        event,
        subject: credential.subject,
        receivedMs,
        arrival: this.arrival,
      });
    }
    for (const { hash, box } of batch.boxes ?? []) this.#put(keyOf(TABLES.box, hash), box);
    for (const { digest, bytes } of batch.labels ?? []) {
      this.#put(keyOf(TABLES.label, digest), bytes);
    }
    await this.#addLeaves(batch.leaves ?? []);
    for (const { nation, state } of batch.logStates ?? []) {
      this.#put(keyOf(TABLES.logState, nation), state);
      this.#nations.add(nation);
    }
    for (const checkpoint of batch.checkpoints ?? []) {
      this.#put(checkpointKey(checkpoint), encodeCheckpoint(checkpoint));
      this.#nations.add(checkpoint.nation);
    }
    for (const nation of this.#nations) this.#put(keyOf(TABLES.nation, nation), NOTHING);
  }

  #put(key: string, value: Uint8Array): void {
    this.changes.push({ type: 'put', key, value });
  }

  /** An event that is held already keeps its place of arrival; its draft goes all the same. */
  async #addEvent(stored: StoredEvent): Promise<void> {
    const { event, subject } = stored;
    const { id, payload } = event;
    this.changes.push({ type: 'del', key: draftKey(subject, payload.seq) });
    const row = keyOf(TABLES.event, id);
    if (this.#events.has(id) || (await this.#database.get(row)) !== undefined) return;
    this.#events.set(id, stored);
    this.arrival++;
    this.#nations.add(payload.nation);
    this.#put(row, encodeEventRow(stored));
    const at = numberKey(stored.arrival);
    this.#put(keyOf(TABLES.arrival, at), idBytes(id));
    this.#put(keyOf(TABLES.byNation, payload.nation, at), idBytes(id));
    this.#put(keyOf(TABLES.byOp, payload.op, at), idBytes(id));
    this.#put(keyOf(TABLES.byType, typeKey(payload.type), at), idBytes(id));
    // Of two events that claim one position the first to arrive keeps it; both are held.
    const position = streamKey(subject, payload.seq);
    if (this.#streams.has(position) || (await this.#database.get(position)) !== undefined) return;
    this.#streams.add(position);
    this.#put(position, idBytes(id));
  }

  /** A position never changes its hash: a stub may become an event, nothing else may change. */
  async #addLeaves(leaves: NonNullable<LogBatch['leaves']>): Promise<void> {
    const places = leaves.map(({ nation, leaf }) => {
      const index = leaf.kind === 'event' ? leaf.header.index : leaf.index;
      return { table: 'leaf', nation, index, key: leafKey(nation, index) };
    });
    const held = await this.#database.getMany(places.map(({ key }) => key));
    const own = new Map<string, Uint8Array>();
    leaves.forEach(({ nation, leaf }, i) => {
      const place = places[i];
      if (place === undefined) return;
      const row = encodeLeafRow(leaf);
      const before = own.get(place.key) ?? held[i];
      if (
        before !== undefined &&
        !equalBytes(leafHashOfRow(place, before), leafHashOfRow(place, row))
      ) {
        const at = `${nation}/${String(place.index)}`;
        throw new StoreError('STORE_CONFLICT', `write: leaf ${at} has another hash`, { place });
      }
      own.set(place.key, row);
      this.#nations.add(nation);
      if (before !== undefined && leaf.kind === 'withheld') return;
      this.#put(place.key, row);
      if (leaf.kind === 'event') {
        this.#put(keyOf(TABLES.position, leaf.id), encodeNumber(leaf.header.index));
      }
    });
  }
}

import type { Precedence } from '../../domain/event.js';

/** Bytes waiting to be sent, and their class. */
interface Entry {
  readonly bytes: Uint8Array;
  /** Order of arrival over all classes. */
  readonly order: number;
}

const ORDER = ['flash', 'immediate', 'priority', 'routine'] as const satisfies Precedence[];

/** Lower classes keep a tenth of the bytes: one byte for nine of higher classes. */
const FLOOR_SHARE = 9;

/**
 * Four bounded queues with strict preemption between frames: the highest class goes first, but
 * lower classes that wait keep a tenth of the bytes, oldest first, and never twice in a row.
 */
export class PrecedenceQueue {
  readonly #classes = new Map<Precedence, Entry[]>(ORDER.map((name) => [name, []]));
  readonly #bytes = new Map<Precedence, number>();
  readonly #bytesMax: number;
  #arrivals = 0;
  #owed = 0;
  #lowerWentLast = false;

  /** `bytesMax` bounds each class by itself, so that a flood of one never refuses another. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Queues a frame; false when its class is full. */
  push(precedence: Precedence, bytes: Uint8Array): boolean {
    const held = this.#bytes.get(precedence) ?? 0;
    if (held + bytes.length > this.#bytesMax) return false;
    this.#bytes.set(precedence, held + bytes.length);
    this.#classes.get(precedence)?.push({ bytes, order: this.#arrivals++ });
    return true;
  }

  get bytesQueued(): number {
    let total = 0;
    for (const held of this.#bytes.values()) total += held;
    return total;
  }

  /** The frame that goes next, without taking it. */
  peek(): Uint8Array | undefined {
    const name = this.#next();
    return name === undefined ? undefined : this.#classes.get(name)?.[0]?.bytes;
  }

  /** Takes the frame that `peek` shows. */
  take(): Uint8Array | undefined {
    const name = this.#next();
    if (name === undefined) return undefined;
    const entry = this.#classes.get(name)?.shift();
    if (entry === undefined) return undefined;
    this.#bytes.set(name, (this.#bytes.get(name) ?? 0) - entry.bytes.length);
    this.#account(name, entry.bytes.length);
    return entry.bytes;
  }

  #highest(): Precedence | undefined {
    return ORDER.find((name) => this.#classes.get(name)?.length !== 0);
  }

  #oldestBelow(highest: Precedence): Precedence | undefined {
    let oldest: Precedence | undefined;
    let order = Infinity;
    for (const name of ORDER.slice(ORDER.indexOf(highest) + 1)) {
      const head = this.#classes.get(name)?.[0];
      if (head === undefined || head.order >= order) continue;
      order = head.order;
      oldest = name;
    }
    return oldest;
  }

  #next(): Precedence | undefined {
    const highest = this.#highest();
    if (highest === undefined || this.#lowerWentLast) return highest;
    const lower = this.#oldestBelow(highest);
    if (lower === undefined) return highest;
    const head = this.#classes.get(lower)?.[0];
    return head !== undefined && this.#owed >= head.bytes.length ? lower : highest;
  }

  #account(sent: Precedence, size: number): void {
    const highest = this.#highest();
    const wentBelow = highest !== undefined && ORDER.indexOf(highest) < ORDER.indexOf(sent);
    if (wentBelow) this.#owed = Math.max(0, this.#owed - size);
    else if (this.#oldestBelow(sent) === undefined) this.#owed = 0;
    else this.#owed += size / FLOOR_SHARE;
    this.#lowerWentLast = wentBelow;
  }
}

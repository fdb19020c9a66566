import type { LinkClock } from './clock.js';
import { openShape, reshape, type LinkShape } from './shape.js';
import { TokenBucket } from './token-bucket.js';

/** What can cross a link: bytes, or the news that their sender has ended or broken off. */
export type Crossing = Uint8Array | 'end' | 'reset';

/** The far end of a flow. A socket is one. */
export interface Sink {
  readonly writableNeedDrain: boolean;
  write(bytes: Uint8Array, written?: () => void): boolean;
  end(): void;
  resetAndDestroy(): void;
}

/** One connection's bytes in one direction, in the order in which they were sent. */
export class Flow {
  readonly connection: number;
  readonly queue: { crossing: Crossing; dueAt: number }[] = [];
  /** Absent until the far end is there; its bytes wait. */
  sink: Sink | undefined;

  constructor(connection: number) {
    this.connection = connection;
  }
}

export interface LaneCounters {
  /** Bytes that have crossed: handed to the far end's socket. */
  readonly bytes: number;
  /** Bytes that have crossed since the link was last cut, restored, or told to refuse or not. */
  readonly bytesSinceCut: number;
  /** Bytes that wait in the link. */
  readonly held: number;
}

export interface LaneOptions {
  readonly clock: LinkClock;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
  readonly onCrossed: (bytes: Uint8Array, connection: number) => void;
  /** The lane is not full any more. */
  readonly onRoom: () => void;
}

/**
 * One direction of a link, for all its connections: a delay line, then a rate that they share,
 * oldest bytes first. Bytes are held, never discarded, unless their connection is reset.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #bucket = new TokenBucket();
  readonly #flows = new Set<Flow>();
  #shape: LinkShape = openShape;
  #isCut = false;
  #bytes = 0;
  #bytesSinceCut = 0;
  #held = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  isFull(): boolean {
    return this.#held >= this.#shape.queueBytesMax;
  }

  counters(): LaneCounters {
    return { bytes: this.#bytes, bytesSinceCut: this.#bytesSinceCut, held: this.#held };
  }

  markChange(): void {
    this.#bytesSinceCut = 0;
  }

  setShape(changes: Partial<LinkShape>): void {
    const rate = this.#shape.bytesPerSecond;
    this.#shape = reshape(this.#shape, changes);
    if (this.#shape.bytesPerSecond !== rate) {
      this.#bucket.setRate(this.#shape.bytesPerSecond, this.#options.clock.now());
    }
    this.pump();
    if (!this.isFull()) this.#options.onRoom();
  }

  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.markChange();
    this.#stopTimer();
  }

  /** What was held sets out now: it takes the link's delay again, as a retransmission would. */
  restore(): void {
    if (!this.#isCut) return;
    const earliest = this.#options.clock.now() + this.#shape.delayMs;
    for (const { queue } of this.#flows) {
      for (const item of queue) item.dueAt = Math.max(item.dueAt, earliest);
    }
    this.#isCut = false;
    this.markChange();
    this.pump();
  }

  push(flow: Flow, crossing: Crossing): void {
    if (crossing.length === 0) return;
    const { delayMs, jitterMs } = this.#shape;
    const dueAt = this.#options.clock.now() + delayMs + jitterMs * this.#options.chance();
    // Never before what was sent before it.
    flow.queue.push({ crossing, dueAt: Math.max(dueAt, flow.queue.at(-1)?.dueAt ?? 0) });
    this.#flows.add(flow);
    this.#held += sizeOf(crossing);
    this.pump();
  }

  /** Forgets a flow whose connection is gone. */
  drop(flow: Flow): void {
    for (const { crossing } of flow.queue.splice(0)) this.#held -= sizeOf(crossing);
    this.#flows.delete(flow);
    if (!this.isFull()) this.#options.onRoom();
  }

  /** Lets cross what may cross now, and sets a timer for what comes next. */
  pump(): void {
    this.#stopTimer();
    const wasFull = this.isFull();
    let waitMs = 0;
    // Asked anew each time: whoever listens to the bytes may cut the link.
    while (waitMs === 0 && !this.isCut) {
      const flow = this.#next();
      if (flow === undefined) break;
      waitMs = this.#step(flow);
    }
    if (waitMs > 0) {
      this.#stopTimer();
      this.#cancelTimer = this.#options.clock.setTimer(() => {
        this.#cancelTimer = undefined;
        this.pump();
      }, waitMs);
    }
    if (wasFull && !this.isFull()) this.#options.onRoom();
  }

  close(): void {
    this.#isCut = true;
    this.#stopTimer();
    for (const flow of [...this.#flows]) this.drop(flow);
  }

  /** The flow whose head is due first, of those whose far end takes bytes. */
  #next(): Flow | undefined {
    let first: Flow | undefined;
    for (const flow of this.#flows) {
      const head = flow.queue[0];
      if (head === undefined || flow.sink === undefined || flow.sink.writableNeedDrain) continue;
      if (head.dueAt < (first?.queue[0]?.dueAt ?? Infinity)) first = flow;
    }
    return first;
  }

  /** Lets the flow's head cross, or part of it; else says after how many milliseconds it may. */
  #step(flow: Flow): number {
    const [head] = flow.queue;
    if (head === undefined) return 0;
    const { crossing, dueAt } = head;
    const now = this.#options.clock.now();
    if (dueAt > now) return dueAt - now;
    if (typeof crossing === 'string') {
      flow.queue.shift();
      this.#flows.delete(flow);
      finish(flow.sink, crossing);
      return 0;
    }
    const size = this.#bucket.take(crossing.length, now);
    if (size === 0) return Math.max(1, this.#bucket.waitMs(crossing.length, now));
    if (size === crossing.length) flow.queue.shift();
    else head.crossing = crossing.subarray(size);
    this.#cross(flow, crossing.subarray(0, size));
    return 0;
  }

  #cross(flow: Flow, bytes: Uint8Array): void {
    this.#held -= bytes.length;
    this.#bytes += bytes.length;
    this.#bytesSinceCut += bytes.length;
    flow.sink?.write(bytes);
    this.#options.onCrossed(bytes, flow.connection);
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

function sizeOf(crossing: Crossing): number {
  return typeof crossing === 'string' ? 0 : crossing.length;
}

function finish(sink: Sink | undefined, how: 'end' | 'reset'): void {
  if (how === 'end') sink?.end();
  // An empty write is done once those before it are: a reset discards what a socket still has.
  else sink?.write(new Uint8Array(0), () => sink.resetAndDestroy());
}

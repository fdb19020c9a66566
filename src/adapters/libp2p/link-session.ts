import type { Stream } from '@libp2p/interface';
import { decode, encode } from 'it-length-prefixed';
import { pipe } from 'it-pipe';
import type { Refusal } from '../../domain/refusal.js';
import { decodeFrame, encodeFrame, frameTooLarge } from '../../domain/codec/frame.js';
import type { CreditFrame } from '../../domain/codec/frame.js';
import type { Precedence } from '../../domain/event.js';
import { LIMITS } from '../../domain/limits.js';
import type { LinkFrame } from '../../domain/wire.js';
import type { Timers } from '../../ports/clock.js';
import { ReceiveCredit, SendCredit } from './credit.js';
import type { Tuning } from './options.js';
import { PrecedenceQueue } from './precedence-queue.js';
import { meshRefusal } from './refusals.js';

export interface SessionEvents {
  frame(frame: LinkFrame): Promise<void>;
  /** Once, when the stream is over; a refusal when we ended it for a fault of the peer. */
  ended(refusal: Refusal | null): void;
}

interface Arrived {
  readonly frame: LinkFrame;
  readonly size: number;
}

/** Milliseconds that one unacknowledged byte may take besides: 330 B/s, a quarter of 9.6 kbit/s. */
const DEAD_LINK_MS_PER_BYTE = 3;

/** Bytes of the unsigned varint before a frame. */
function prefixSize(length: number): number {
  return length < 2 ** 7 ? 1 : length < 2 ** 14 ? 2 : 3;
}

/**
 * One link stream: frames out by precedence and credit, frames in one at a time. Memory is bounded
 * on both sides: the queues by bytes, the inbox by the window granted to the peer.
 */
export class LinkSession {
  readonly #stream: Stream;
  readonly #events: SessionEvents;
  readonly #timers: Timers;
  readonly #tuning: Tuning;
  readonly #queue: PrecedenceQueue;
  readonly #send: SendCredit;
  readonly #receive: ReceiveCredit;
  readonly #inbox: Arrived[] = [];
  #handling = false;
  #grantDue = false;
  #cancelGrant: (() => void) | null = null;
  #cancelDeadline: (() => void) | null = null;
  #over = false;

  constructor(stream: Stream, events: SessionEvents, timers: Timers, tuning: Tuning) {
    this.#stream = stream;
    this.#events = events;
    this.#timers = timers;
    this.#tuning = tuning;
    this.#queue = new PrecedenceQueue(tuning.queueBytesMax);
    this.#send = new SendCredit(tuning.windowBytes, tuning.inFlightBytesMax);
    this.#receive = new ReceiveCredit(tuning.windowBytes);
  }

  /** Starts to read. The stream must not have been read before. */
  run(): void {
    this.#stream.addEventListener('close', () => {
      this.#end(null);
    });
    this.#stream.addEventListener('drain', () => {
      // The stream itself goes on first, in a microtask of its own.
      queueMicrotask(() => {
        this.#pump();
      });
    });
    pipe(
      this.#stream,
      (source) => decode(source, { maxDataLength: LIMITS.frameBytesMax }),
      async (source) => {
        for await (const chunk of source) this.#arrive(chunk.subarray());
      },
    ).then(
      () => {
        this.#end(null);
      },
      (error: unknown) => {
        const name = error instanceof Error ? error.name : '';
        this.#end(/^Invalid(Data|Message)Length/.test(name) ? frameTooLarge() : null);
      },
    );
  }

  /** Queues an encoded frame; false when the session is over or the queue of its class is full. */
  enqueue(frame: Uint8Array, precedence: Precedence): boolean {
    if (this.#over) return false;
    const queued = this.#queue.push(precedence, encode.single(frame).subarray());
    if (queued) this.#pump();
    return queued;
  }

  /** Bytes held for the peer and from the peer. */
  get bytesHeld(): { readonly queued: number; readonly unhandled: number } {
    const unhandled = this.#inbox.reduce((sum, { size }) => sum + size, 0);
    return { queued: this.#queue.bytesQueued, unhandled };
  }

  close(reason: string): void {
    this.#stream.abort(new Error(reason));
    this.#end(null);
  }

  #arrive(bytes: Uint8Array): void {
    if (this.#over) return;
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) {
      this.#end(decoded.error);
    } else if (decoded.value.type === 'credit') {
      this.#granted(decoded.value);
    } else {
      const size = bytes.length + prefixSize(bytes.length);
      if (!this.#receive.received(size)) {
        this.#end(meshRefusal('LINK_CREDIT', 'more bytes than were granted'));
        return;
      }
      this.#inbox.push({ frame: decoded.value, size });
      if (!this.#handling) void this.#handle();
    }
  }

  #granted({ total }: CreditFrame): void {
    if (!this.#send.granted(total)) {
      this.#end(meshRefusal('LINK_CREDIT', 'a grant that does not follow from what was sent'));
      return;
    }
    this.#watch();
    this.#pump();
  }

  /** Hands frames over one by one; only what was handled is granted anew. */
  async #handle(): Promise<void> {
    this.#handling = true;
    let next: Arrived | undefined;
    while (!this.#over && (next = this.#inbox[0]) !== undefined) {
      try {
        await this.#events.frame(next.frame);
      } catch (error) {
        this.#end(meshRefusal('LINK_HANDLER', error instanceof Error ? error.message : 'fault'));
        return;
      }
      this.#inbox.shift();
      this.#receive.handled(next.size);
      this.#acknowledge();
    }
    this.#handling = false;
  }

  #acknowledge(): void {
    if (this.#receive.owed >= this.#tuning.grantBytes) {
      this.#grantDue = true;
      this.#pump();
    } else {
      this.#cancelGrant ??= this.#timers.after(this.#tuning.grantMs, () => {
        this.#cancelGrant = null;
        this.#grantDue = this.#receive.owed > 0;
        this.#pump();
      });
    }
  }

  /** Writes as long as the muxer takes it; goes on at 'drain', at a grant and at the next frame. */
  #pump(): void {
    while (!this.#over && !this.#stream.writableNeedsDrain) {
      const bytes = this.#outgoing();
      if (bytes === undefined) return;
      try {
        this.#stream.send(bytes);
      } catch {
        this.#end(null);
      }
    }
  }

  #outgoing(): Uint8Array | undefined {
    if (this.#grantDue) {
      this.#grantDue = false;
      this.#cancelGrant?.();
      this.#cancelGrant = null;
      const frame = encodeFrame({ type: 'credit', total: this.#receive.grant() });
      return encode.single(frame).subarray();
    }
    const head = this.#queue.peek();
    if (head === undefined || !this.#send.allows(head.length)) return undefined;
    this.#queue.take();
    this.#send.sent(head.length);
    if (this.#cancelDeadline === null) this.#watch();
    return head;
  }

  /** Starts the time within which what is under way must be acknowledged, at least in part. */
  #watch(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = null;
    const { inFlight } = this.#send;
    if (this.#tuning.deadLinkMs === 0 || inFlight === 0) return;
    const ms = this.#tuning.deadLinkMs + DEAD_LINK_MS_PER_BYTE * inFlight;
    this.#cancelDeadline = this.#timers.after(ms, () => {
      this.#end(meshRefusal('LINK_DEAD', `${String(inFlight)} bytes unacknowledged`));
    });
  }

  #end(refusal: Refusal | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelGrant?.();
    this.#cancelDeadline?.();
    this.#inbox.length = 0;
    if (refusal !== null) this.#stream.abort(new Error(refusal.code));
    this.#events.ended(refusal);
  }
}

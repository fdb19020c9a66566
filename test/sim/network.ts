import {
  decodeConsensusMessage,
  encodeConsensusMessage,
} from '../../src/domain/codec/consensus.js';
import type { PeerRef } from '../../src/core/consensus/index.js';
import type { ConsensusMessage } from '../../src/domain/consensus.js';
import type { EventHeap } from './event-heap.js';
import type { Random } from './random.js';

/** Links with delay, reordering, loss, duplication, and one-way cuts. */
export class Network {
  lossRate = 0;
  duplicateRate = 0;
  delayMaxMs = 20;
  sent = 0;
  readonly #cut = new Set<string>();
  readonly #heap: EventHeap;
  readonly #random: Random;
  readonly #overCodec: boolean;
  readonly #deliver: (from: PeerRef, to: PeerRef, message: ConsensusMessage) => void;

  constructor(
    heap: EventHeap,
    random: Random,
    overCodec: boolean,
    deliver: (from: PeerRef, to: PeerRef, message: ConsensusMessage) => void,
  ) {
    this.#heap = heap;
    this.#random = random;
    this.#overCodec = overCodec;
    this.#deliver = deliver;
  }

  cut(from: PeerRef, to: PeerRef): void {
    this.#cut.add(`${from}>${to}`);
  }

  join(from: PeerRef, to: PeerRef): void {
    this.#cut.delete(`${from}>${to}`);
  }

  isCut(from: PeerRef, to: PeerRef): boolean {
    return this.#cut.has(`${from}>${to}`);
  }

  send(from: PeerRef, to: PeerRef, message: ConsensusMessage): void {
    this.sent++;
    const random = this.#random;
    const copies = 1 + (random.chance(this.duplicateRate) ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) {
      if (random.chance(this.lossRate)) continue;
      this.#heap.after(random.between(1, this.delayMaxMs), () => {
        if (!this.isCut(from, to)) this.#deliver(from, to, this.#overWire(message));
      });
    }
  }

  #overWire(message: ConsensusMessage): ConsensusMessage {
    if (!this.#overCodec) return message;
    const decoded = decodeConsensusMessage(encodeConsensusMessage(message));
    if (!decoded.ok) throw new Error(`CODEC: ${message.type}: ${decoded.error.field}`);
    return decoded.value;
  }
}

import type { Clock, Timers } from '../../src/ports/clock.js';
import { AT_S } from './identity-world.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time of all nodes of a test: it passes only when a test lets it. */
export class VirtualTime implements Clock, Timers {
  #now = AT_S * 1000;
  #order = 0;
  readonly #pending = new Set<Pending>();

  nowMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now - AT_S * 1000;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#pending.add(timer);
    return () => {
      this.#pending.delete(timer);
    };
  }

  /** Fires the next timer due until `limit`; false when there is none, and then it is `limit`. */
  next(limit: number): boolean {
    const [first] = [...this.#pending].sort((a, b) => a.at - b.at || a.order - b.order);
    if (first === undefined || first.at > limit) {
      this.#now = Math.max(this.#now, limit);
      return false;
    }
    this.#pending.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.run();
    return true;
  }
}

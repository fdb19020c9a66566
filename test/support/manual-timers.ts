import type { Timers } from '../../src/ports/clock.js';

/** Timers that fire when a test says so. */
export class ManualTimers implements Timers {
  #now = 0;
  #next = 0;
  readonly #pending = new Map<number, { readonly at: number; readonly run: () => void }>();

  get pending(): number {
    return this.#pending.size;
  }

  after(ms: number, run: () => void): () => void {
    const id = this.#next++;
    this.#pending.set(id, { at: this.#now + ms, run });
    return () => {
      this.#pending.delete(id);
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const [id, timer] of [...this.#pending]) {
      if (timer.at > this.#now) continue;
      this.#pending.delete(id);
      timer.run();
    }
  }
}

import { createHash } from 'node:crypto';

/** What happened in a run, in order, as one hash: equal for two runs of one seed. */
export class Trace {
  readonly #hash = createHash('sha256');

  add(...parts: readonly (string | number | Uint8Array)[]): void {
    for (const part of parts) {
      this.#hash.update(part instanceof Uint8Array ? part : `${String(part)};`);
    }
    this.#hash.update('\n');
  }

  /** Ends the trace. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** How often each kind of moment was cut by a crash. */
export class CrashPoints {
  readonly counts = new Map<string, number>();

  hit(point: string, times = 1): void {
    this.counts.set(point, (this.counts.get(point) ?? 0) + times);
  }

  merge(other: CrashPoints): void {
    for (const [point, times] of other.counts) this.hit(point, times);
  }

  /** Most frequent first. */
  histogram(): readonly (readonly [string, number])[] {
    return [...this.counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  }
}

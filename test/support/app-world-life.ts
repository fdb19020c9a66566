export type StoreName = 'log' | 'state' | 'safety';

/** Where a life may end: around a write of one of the stores. */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly store: StoreName | 'any';
  /** Whether this write is the one. */
  readonly at: (...args: readonly unknown[]) => boolean;
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}

const WRITES = ['append', 'write'];

/**
 * One life of a node: from its start to its crash. After that nothing it still had in flight reaches
 * the stores or the world any more.
 */
export class Life {
  dead = false;
  #point: CrashPoint | undefined;
  #ended: (() => void) | undefined;

  end(): void {
    this.dead = true;
    this.#ended?.();
  }

  /** Ends this life at a write; `ended` tells the world. */
  endAt(point: CrashPoint, ended: () => void): void {
    this.#point = point;
    this.#ended = ended;
  }

  /** The store as this life sees it. */
  guard<T extends object>(store: T, name: StoreName): T {
    return new Proxy(store, {
      get: (target, key): unknown => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        const call = member as (...args: unknown[]) => unknown;
        if (!WRITES.includes(String(key))) return call.bind(target);
        return (...args: unknown[]) => this.#write(() => call.apply(target, args), name, args);
      },
    });
  }

  /** A callback of this life: it does nothing once that has ended. */
  alive<A extends readonly unknown[]>(run: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      if (!this.dead) run(...args);
    };
  }

  async #write(write: () => unknown, store: StoreName, args: readonly unknown[]): Promise<unknown> {
    if (this.dead) return never();
    const point = this.#point;
    const here = point !== undefined && [store, 'any'].includes(point.store) && point.at(...args);
    if (here && point.when === 'before') {
      this.end();
      return never();
    }
    const result = await write();
    if (here) this.end();
    return this.#outlived(result);
  }

  /** What was done, unless this life ended meanwhile. */
  #outlived<T>(result: T): T | Promise<T> {
    return this.dead ? never() : result;
  }
}

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Virtual time: events run in order of time, then of scheduling. */
export class EventHeap {
  readonly #heap: Scheduled[] = [];
  #order = 0;
  now = 0;

  get size(): number {
    return this.#heap.length;
  }

  after(ms: number, run: () => void): void {
    const heap = this.#heap;
    heap.push({ at: this.now + Math.max(0, ms), order: this.#order++, run });
    for (let i = heap.length - 1; i > 0;) {
      const up = (i - 1) >> 1;
      if (before(heap[up]!, heap[i]!)) break;
      [heap[up], heap[i]] = [heap[i]!, heap[up]!];
      i = up;
    }
  }

  /** Runs everything up to `until`; afterwards it is `until`. */
  runTo(until: number): void {
    while (this.runNext(until));
    this.now = until;
  }

  /** Runs the next event, if it is due by `until`; false when none is. */
  runNext(until: number): boolean {
    if (this.#heap.length === 0 || this.#heap[0]!.at > until) return false;
    const event = this.#pop();
    this.now = event.at;
    event.run();
    return true;
  }

  #pop(): Scheduled {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      for (let i = 0; ;) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) {
          if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
        }
        if (least === i) break;
        [heap[least], heap[i]] = [heap[i]!, heap[least]!];
        i = least;
      }
    }
    return top;
  }
}

function before(a: Scheduled, b: Scheduled): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

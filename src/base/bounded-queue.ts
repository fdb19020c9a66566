import { assert } from './assert.js';

/** A first-in first-out queue with a hard bound: `push` answers false instead of growing past it. */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  #head = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, 'queue capacity is a positive integer');
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): boolean {
    if (this.size >= this.#capacity) return false;
    this.#items.push(item);
    return true;
  }

  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#head++;
    // Compact rarely, so that a long-lived queue costs amortised constant time and bounded memory.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }
}

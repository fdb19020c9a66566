import { compareBytes, utf8 } from '../../src/base/bytes.js';
import type { StateStore } from '../../src/ports/state-store.js';

/** The state store port over a map. */
export class MemoryStateStore implements StateStore {
  readonly #documents = new Map<string, Map<string, Uint8Array>>();

  async get(collection: string, key: string): Promise<Uint8Array | undefined> {
    return this.#documents.get(collection)?.get(key);
  }

  async write(changes: Parameters<StateStore['write']>[0]): Promise<void> {
    for (const { collection, key, value } of changes) {
      const documents = this.#documents.get(collection) ?? new Map<string, Uint8Array>();
      this.#documents.set(collection, documents);
      if (value === null) documents.delete(key);
      else documents.set(key, value);
    }
  }

  /** Documents of a collection. */
  count(collection: string): number {
    return this.#documents.get(collection)?.size ?? 0;
  }

  /** Everything that is stored. */
  dump(): unknown {
    return this.#documents;
  }

  async *entries(
    collection: string,
    range: Parameters<StateStore['entries']>[1] = {},
  ): AsyncGenerator<readonly [key: string, value: Uint8Array]> {
    const { from, reverse = false, limit } = range;
    const order = (a: string, b: string) => compareBytes(utf8(a), utf8(b));
    const sign = reverse ? -1 : 1;
    const entries = [...(this.#documents.get(collection) ?? [])]
      .sort(([a], [b]) => sign * order(a, b))
      .filter(([key]) => from === undefined || sign * order(key, from) >= 0);
    yield* entries.slice(0, limit);
  }
}

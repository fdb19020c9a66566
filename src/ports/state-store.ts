/**
 * Small durable documents of the node by collection and key: release keys (sealed under the local
 * storage key), decisions, settlement entries and proofs, pending cores. Keys sort bytewise.
 */
export interface StateStore {
  get(collection: string, key: string): Promise<Uint8Array | undefined>;
  /** Durable when resolved; all or nothing. `null` deletes. */
  write(
    changes: readonly {
      readonly collection: string;
      readonly key: string;
      readonly value: Uint8Array | null;
    }[],
  ): Promise<void>;
  entries(
    collection: string,
    range?: { readonly from?: string; readonly reverse?: boolean; readonly limit?: number },
  ): AsyncIterable<readonly [key: string, value: Uint8Array]>;
}

import type { Links } from '../ports/links.js';
import type { StateStore } from '../ports/state-store.js';

const COLLECTION = 'peer-address';

/** Addresses that the operator added: kept over restarts, handed to the links at each start. */
export class KnownPeers {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** False when the address cannot be dialled: then it is not kept either. */
  async add(links: Links, address: string): Promise<boolean> {
    if (!(await links.addKnown(address))) return false;
    const value = new Uint8Array(0);
    await this.#state.write([{ collection: COLLECTION, key: address, value }]);
    return true;
  }

  async handTo(links: Links): Promise<void> {
    for await (const [address] of this.#state.entries(COLLECTION)) await links.addKnown(address);
  }
}

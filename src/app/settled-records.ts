import type { CoreId } from '../domain/ids.js';
import { purposeLabel } from './act-parts.js';
import { encodeChecked } from './content-input.js';
import type { Contents } from './contents.js';
import type { LabelBook } from './label-book.js';
import { KeyedMutex } from './mutex.js';
import type { Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Publisher } from './publish.js';
import type { Settled } from './settled.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly operations: Operations;
  readonly labels: LabelBook;
  readonly contents: Contents;
  publisher(): Publisher;
}

/**
 * Settled records (0x6F): each node logs each settlement once. Written behind the replica, which
 * must not wait for them; what a crash leaves undone is made good at the next start.
 */
export class SettledRecords {
  readonly #parts: Parts;
  readonly #logged = new Set<CoreId>();
  readonly #queue = new KeyedMutex();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { config, contents, ports } = this.#parts;
    const query = { type: 'settled-record', nation: config.nation } as const;
    for await (const { event } of ports.log.events(query)) {
      const content = await contents.content(event);
      if (content?.type === 'settled-record') this.#logged.add(content.coreId);
    }
  }

  record(settled: Settled): void {
    this.#queue
      .run('records', () => this.#write(settled))
      .catch((cause: unknown) => {
        this.#parts.ports.logger.error('settled record not logged', {
          settlement: settled.coreId,
          cause: String(cause),
        });
      });
  }

  /** Resolves when every record asked for so far is written. */
  drained(): Promise<void> {
    return this.#queue.run('records', () => Promise.resolve());
  }

  async #write(settled: Settled): Promise<void> {
    const { config, labels, operations } = this.#parts;
    const operation = operations.get(settled.op);
    if (operation === undefined || this.#logged.has(settled.coreId)) return;
    this.#logged.add(settled.coreId);
    const { coreId, epoch, height, entryId, block } = settled;
    await this.#parts.publisher().publish({
      author: config.node,
      op: settled.op,
      type: 'settled-record',
      label: purposeLabel(labels, operation),
      ...encodeChecked({ type: 'settled-record', coreId, epoch, height, entryId, block }),
    });
  }
}

import type { Event } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { EventId } from '../domain/ids.js';
import { NATIONAL_OP } from '../domain/ids.js';
import type { DigestedLabel } from '../domain/label.js';
import { encodeChecked } from './content-input.js';
import type { Contents } from './contents.js';
import type { LabelBook } from './label-book.js';
import type { Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Publisher } from './publish.js';
import { RefusedError } from './refusals.js';
import type { ReleaseGate } from './release-gate.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly operations: Operations;
  readonly labels: LabelBook;
  readonly contents: Contents;
  readonly gate: ReleaseGate;
  publisher(): Publisher;
}

/** Content whose opening an observing nation's node records. */
const RECEIPTED: readonly EventType[] = [
  'intelligence-product',
  'track',
  'observation',
  'labelled-message',
  'contribution',
  'assessment',
  'attested-for',
  'decision-record',
  'tasking',
];

/**
 * Consumption receipts (0x07): an observing nation's node records each sealed event of others that
 * it opened, once. What a crash leaves undone is made good at the next start.
 */
export class Receipts {
  readonly #parts: Parts;
  readonly #written = new Set<EventId>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { config, contents, ports } = this.#parts;
    const query = { type: 'consumption-receipt', nation: config.nation } as const;
    for await (const { event } of ports.log.events(query)) {
      const content = await contents.content(event);
      if (content?.type === 'consumption-receipt') this.#written.add(content.event);
    }
  }

  /** Writes the receipts that are missing for what is held. */
  async makeGood(): Promise<void> {
    const { config, operations, ports } = this.#parts;
    for (const operation of operations.all()) {
      if (operations.participant(operation, config.nation)?.role !== 'observing') continue;
      for (const type of RECEIPTED) {
        const missing: Event[] = [];
        for await (const { event } of ports.log.events({ type, op: operation.op })) {
          if (!this.#written.has(event.id)) missing.push(event);
        }
        for (const event of missing) await this.receipt(event);
      }
    }
  }

  async receipt(event: Event): Promise<void> {
    if (this.#written.has(event.id) || !this.#isDue(event)) return;
    const { config, contents, gate, labels } = this.#parts;
    const opened = await contents.open(event);
    const label = await labels.get(event.payload.label.digest);
    if (opened.kind !== 'opened' || label === undefined) return;
    const decision = gate.decide(event, label, config.node.credential);
    // Asked again: the event and the grant that opens it may both be on their way here.
    if (decision.outcome !== 'permit' || this.#written.has(event.id)) return;
    this.#written.add(event.id);
    try {
      await this.#write(event, label, decision.rules);
    } catch (error) {
      this.#written.delete(event.id);
      // What arrived stays, whether or not this node may still sign.
      if (!(error instanceof RefusedError)) throw error;
      const { code, detail } = error.refusal;
      this.#parts.ports.logger.warn('receipt not written', { event: event.id, code, detail });
    }
  }

  #isDue({ payload }: Event): boolean {
    const { op, nation, type, body } = payload;
    const { config, operations } = this.#parts;
    if (op === NATIONAL_OP || nation === config.nation || body.form !== 'sealed') return false;
    const operation = operations.get(op);
    if (operation === undefined || !RECEIPTED.includes(type)) return false;
    return operations.participant(operation, config.nation)?.role === 'observing';
  }

  async #write(
    { id, payload }: Event,
    label: DigestedLabel,
    rules: readonly string[],
  ): Promise<void> {
    const { config, ports } = this.#parts;
    await this.#parts.publisher().publish({
      author: config.node,
      op: payload.op,
      type: 'consumption-receipt',
      // It names the event: whoever may not read that one may not learn of it here.
      label,
      ...encodeChecked({
        type: 'consumption-receipt',
        event: id,
        rules,
        timeMs: ports.clock.nowMs(),
      }),
    });
  }
}

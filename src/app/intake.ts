import type { Verified } from '../core/identity/index.js';
import type { AdmittedEvent } from '../domain/admitted.js';
import type { Event } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { Op, ReleaseKeyId } from '../domain/ids.js';
import { LIMITS } from '../domain/limits.js';
import type { Contents } from './contents.js';
import type { Directory } from './directory.js';
import type { HeldKey, Keyring } from './keyring.js';
import type { Operation, Operations } from './operations.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { Receipts } from './receipts.js';
import type { OperationSettlement } from './settlement.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly operations: Operations;
  readonly keyring: Keyring;
  readonly contents: Contents;
  readonly receipts: Receipts;
  settlementOf(op: Op): OperationSettlement | undefined;
  keyHeld(held: HeldKey): void;
  /** An operation became active: its settlement starts. */
  activated(operation: Operation): Promise<void>;
  /** The own trust list is another one now. */
  trustChanged(): void;
  /** Something that held events may have waited for is here. */
  released(): void;
}

/** Types whose effects are rebuilt from the log at every start. */
const REPLAYED: readonly EventType[] = [
  'credential',
  'trust-list',
  'declaration',
  'acceptance',
  'contribution',
  'decision-record',
  'tasking',
  'opening',
];

/** What an admitted event changes in the node, own and foreign events alike. */
export class Intake {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rebuilds what the log implies, in order of arrival. */
  async replay(): Promise<void> {
    await this.#grantsNotTaken();
    // A credential may have arrived before its issuer's, which a peer's hello then vouched for: as
    // many passes as a chain is long.
    const issuers = Array.from({ length: LIMITS.chainDepthMax - 1 }, () => 'credential' as const);
    for (const type of [...issuers, ...REPLAYED]) {
      for await (const { event } of this.#parts.ports.log.events({ type }))
        await this.#apply(event);
    }
  }

  /** A crash may have come between a grant and its key: who holds the grant can still take it. */
  async #grantsNotTaken(): Promise<void> {
    const { config, keyring, ports } = this.#parts;
    for await (const { event } of ports.log.events({ type: 'key-grant' })) {
      const { body, grant, nation } = event.payload;
      if (nation === config.nation || grant === undefined || body.form !== 'sealed') continue;
      if (keyring.get(grant.target as string as ReleaseKeyId) !== undefined) continue;
      const box = await ports.log.box(body.boxHash);
      if (box !== undefined) await keyring.acceptGrant(event, box);
    }
  }

  /**
   * Refusals and approvals of an operation. Refusals first: the last approval that is read hands the
   * entry in, which must not happen over a refusal that is still to be read.
   */
  async consentsOf(op: Op): Promise<void> {
    for (const type of ['refusal', 'approval'] as const) {
      for await (const { event } of this.#parts.ports.log.events({ type, op })) {
        await this.#consent(event);
      }
    }
  }

  async admitted(admitted: Verified<AdmittedEvent>, box: Uint8Array | undefined): Promise<void> {
    const { event } = admitted.value;
    const { body, type, nation } = event.payload;
    if (type === 'key-grant') {
      if (nation !== this.#parts.config.nation && box !== undefined) await this.#grant(event, box);
      return;
    }
    if (body.form === 'sealed' && body.releaseKey !== undefined) {
      // What is stored before its key is taken up when the grant arrives.
      if (this.#parts.keyring.get(body.releaseKey) === undefined) return;
    }
    await this.#apply(event);
    await this.#parts.receipts.receipt(event);
  }

  async #grant(event: Event, box: Uint8Array): Promise<void> {
    const accepted = await this.#parts.keyring.acceptGrant(event, box);
    if (!accepted.ok) {
      this.#parts.ports.logger.warn('key grant not taken', {
        nation: event.payload.nation,
        code: accepted.error,
      });
      return;
    }
    this.#parts.keyHeld(accepted.value);
    const { op, nation } = event.payload;
    for await (const stored of this.#parts.ports.log.events({ op, nation })) {
      const { body } = stored.event.payload;
      if (body.form !== 'sealed' || body.releaseKey !== accepted.value.id) continue;
      await this.#apply(stored.event);
      await this.#parts.receipts.receipt(stored.event);
    }
  }

  async #apply(event: Event): Promise<void> {
    switch (event.payload.type) {
      case 'credential':
      case 'trust-list':
        return this.#identity(event);
      case 'declaration':
      case 'acceptance':
        return this.#operation(event);
      case 'approval':
      case 'refusal':
        return this.#consent(event);
      case 'contribution':
      case 'decision-record':
      case 'tasking':
      case 'opening':
        return this.#parts.contents.index(event);
      default:
        return;
    }
  }

  #identity(event: Event): Promise<void> {
    this.#parts.directory.apply(event);
    const { type, nation } = event.payload;
    if (type === 'trust-list' && nation === this.#parts.config.nation) this.#parts.trustChanged();
    this.#parts.released();
    return Promise.resolve();
  }

  async #operation(event: Event): Promise<void> {
    const opened = await this.#parts.contents.open(event);
    if (opened.kind !== 'opened') return;
    const { operations } = this.#parts;
    const operation =
      event.payload.type === 'declaration'
        ? operations.declare(opened.bytes)
        : operations.accept(opened.bytes);
    if (operation === undefined) return;
    if (operations.isActive(operation)) await this.#parts.activated(operation);
    this.#parts.released();
  }

  async #consent(event: Event): Promise<void> {
    const content = await this.#parts.contents.content(event);
    const settlement = this.#parts.settlementOf(event.payload.op);
    const { nation, author } = event.payload;
    if (settlement === undefined) return;
    if (content?.type === 'approval') await settlement.approve(nation, author, content);
    if (content?.type !== 'refusal') return;
    settlement.refuse(content.coreId, { nation, reason: content.reason, event: event.id });
  }
}

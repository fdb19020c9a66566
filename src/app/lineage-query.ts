import type { LineageEvent, LineageSettlement } from '../core/lineage/index.js';
import { buildLineage } from '../core/lineage/index.js';
import type { Event } from '../domain/event.js';
import type { EventType } from '../domain/event-types.js';
import type { Blind, CoreId, EventId, Op } from '../domain/ids.js';
import type { Lineage } from '../domain/lineage.js';
import type { Contents } from './contents.js';
import type { AppPorts } from './parts.js';
import type { SettledIndex } from './settled.js';
import type { SettlementViews } from './settlement-views.js';

interface Parts {
  readonly ports: AppPorts;
  readonly contents: Contents;
  readonly settled: SettledIndex;
  readonly views: SettlementViews;
}

/** Events that hang on settlements and on inputs without being their parents. */
const ATTACHED: readonly EventType[] = ['approval', 'originator-consent'];

/** What one lineage is gathered from: only what is reachable from its root is opened. */
class Gathering {
  readonly events = new Map<EventId, LineageEvent>();
  readonly settlements: LineageSettlement[] = [];
  readonly blinds = new Map<Blind, EventId>();
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async settlementsOf(op: Op): Promise<void> {
    for await (const settled of this.#parts.settled.all()) {
      if (settled.op !== op) continue;
      const entry = await this.#parts.views.settledEntry(settled);
      if (entry === undefined) continue;
      const { core, approvals } = entry;
      this.settlements.push({
        id: settled.coreId,
        core,
        height: settled.height,
        approvals: approvals.map(({ nation }) => nation),
      });
      const blinds = core.inputs.map(({ blind }) => blind);
      for (const blind of core.outcome === null ? blinds : [...blinds, core.outcome.blind]) {
        await this.#behind(blind);
      }
    }
  }

  async attached(op: Op): Promise<void> {
    for (const type of ATTACHED) {
      for await (const { event } of this.#parts.ports.log.events({ type, op })) {
        await this.#add(event);
      }
    }
  }

  /** An event and everything it was made of, as far as it is held. */
  async ancestors(from: readonly EventId[]): Promise<void> {
    const due = [...from];
    for (let id = due.pop(); id !== undefined; id = due.pop()) {
      if (this.events.has(id)) continue;
      const stored = await this.#parts.ports.log.event(id);
      if (stored === undefined) continue;
      await this.#add(stored.event);
      for (const parent of stored.event.payload.parents) {
        const next = parent.form === 'clear' ? parent.id : await this.#behind(parent.blind);
        if (next !== undefined) due.push(next);
      }
    }
  }

  async #behind(blind: Blind): Promise<EventId | undefined> {
    const id = this.blinds.get(blind) ?? (await this.#parts.contents.behind(blind));
    if (id !== undefined) this.blinds.set(blind, id);
    return id;
  }

  async #add(event: Event): Promise<void> {
    const opened = await this.#parts.contents.open(event);
    const content = await this.#parts.contents.content(event);
    this.events.set(event.id, {
      event,
      opened: opened.kind === 'opened',
      ...(content === undefined ? {} : { content }),
    });
  }
}

/** Lineage of an event or a settlement, as far as this node may know it. */
export class LineageQuery {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async of(id: string): Promise<Lineage | undefined> {
    const settled = await this.#parts.settled.get(id as CoreId);
    const stored = await this.#parts.ports.log.event(id as EventId);
    const op = settled?.op ?? stored?.event.payload.op;
    if (op === undefined) return undefined;
    const gathering = new Gathering(this.#parts);
    await gathering.settlementsOf(op);
    await gathering.ancestors([id as EventId, ...gathering.blinds.values()]);
    await gathering.attached(op);
    return buildLineage(id, gathering);
  }
}

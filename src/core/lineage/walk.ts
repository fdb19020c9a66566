import { bodySummary } from '../../domain/body-text.js';
import type { Parent } from '../../domain/event.js';
import type { Blind, EventId, Nation } from '../../domain/ids.js';
import type { LineageEdge, LineageNode } from '../../domain/lineage.js';
import type { LineageEvent, LineageIndex, LineageSettlement } from './sources.js';
import { behind, gradeOf } from './sources.js';

type Step =
  | { readonly event: LineageEvent; readonly settlement?: undefined }
  | { readonly settlement: LineageSettlement; readonly event?: undefined };

/** Collects what leads to a root, each node and edge once, in the order it is met. */
export class LineageWalk {
  readonly #index: LineageIndex;
  readonly #nodes = new Map<string, LineageNode>();
  readonly #edges = new Map<string, LineageEdge>();
  readonly #ahead: Step[] = [];

  constructor(index: LineageIndex) {
    this.#index = index;
  }

  get nodes(): readonly LineageNode[] {
    return [...this.#nodes.values()];
  }

  get edges(): readonly LineageEdge[] {
    return [...this.#edges.values()];
  }

  /** Walks from an event back to its sources, and to the settlements that used the event itself. */
  fromEvent(event: LineageEvent): void {
    this.#meetEvent(event);
    for (const used of this.#index.usedIn.get(event.event.id) ?? []) this.#meetSettlement(used);
    this.#walk();
  }

  fromSettlement(settlement: LineageSettlement): void {
    this.#meetSettlement(settlement);
    this.#walk();
  }

  #walk(): void {
    for (let step = this.#ahead.shift(); step !== undefined; step = this.#ahead.shift()) {
      if (step.event === undefined) this.#expandSettlement(step.settlement);
      else this.#expandEvent(step.event);
    }
  }

  #meetEvent(met: LineageEvent): string {
    const { id, payload } = met.event;
    if (this.#nodes.has(id)) return id;
    const { type, nation, role, time } = payload;
    this.#nodes.set(id, {
      kind: 'event',
      ...{ id, type, nation, role },
      grade: gradeOf(met),
      opened: met.opened,
      summary: met.content === undefined ? type : bodySummary(met.content),
      timeMs: time.ms,
    });
    this.#ahead.push({ event: met });
    return id;
  }

  #meetSettlement(settlement: LineageSettlement): void {
    const { id, core, height, approvals } = settlement;
    if (this.#nodes.has(id)) return;
    this.#nodes.set(id, { kind: 'settlement', id, settlement: core.kind, height, approvals });
    this.#ahead.push({ settlement });
  }

  /** That something is there, and whose: never what. */
  #withhold(id: string, by: Nation | null, part: 'input' | 'outcome'): string {
    if (!this.#nodes.has(id)) this.#nodes.set(id, { kind: 'withheld', id, by, part });
    return id;
  }

  #blinded(blind: Blind, by: Nation | null, part: 'input' | 'outcome'): string {
    const event = behind(this.#index.sources, blind);
    return event === undefined ? this.#withhold(blind, by, part) : this.#meetEvent(event);
  }

  #link(from: string, to: string, relation: LineageEdge['relation']): void {
    this.#edges.set(`${from} ${relation} ${to}`, { from, to, relation });
  }

  #parent(parent: Parent): string {
    if (parent.form === 'blinded') return this.#blinded(parent.blind, parent.nation, 'input');
    const event = this.#index.sources.events.get(parent.id);
    return event === undefined
      ? this.#withhold(parent.id, parent.nation, 'input')
      : this.#meetEvent(event);
  }

  #expandEvent({ event }: LineageEvent): void {
    const { outcomeOf, consents } = this.#index;
    for (const parent of event.payload.parents) {
      this.#link(this.#parent(parent), event.id, parent.relation);
    }
    for (const settlement of outcomeOf.get(event.id) ?? []) this.#meetSettlement(settlement);
    for (const id of consents.get(event.id) ?? []) this.#beside(id, event.id, 'releases');
  }

  #expandSettlement({ id, core }: LineageSettlement): void {
    for (const { blind, originator } of core.inputs) {
      this.#link(this.#blinded(blind, originator, 'input'), id, 'input');
    }
    if (core.outcome !== null) {
      const { blind, originator } = core.outcome;
      this.#link(id, this.#blinded(blind, originator, 'outcome'), 'outcome');
    }
    for (const approval of this.#index.approvals.get(id) ?? []) {
      this.#beside(approval, id, 'approval');
    }
  }

  /** An event that bears on another without being its source: a consent, an approval. */
  #beside(id: EventId, to: string, relation: LineageEdge['relation']): void {
    const event = this.#index.sources.events.get(id);
    if (event !== undefined) this.#link(this.#meetEvent(event), to, relation);
  }
}

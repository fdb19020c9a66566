import type { BodyContent } from '../../domain/body.js';
import type { Event } from '../../domain/event.js';
import type { Blind, CoreId, EventId, Nation } from '../../domain/ids.js';
import type { Grade } from '../../domain/lineage.js';
import type { SettlementCore } from '../../domain/settlement.js';

/** An event that the reader may see, with as much of its content as the reader could open. */
export interface LineageEvent {
  readonly event: Event;
  readonly opened: boolean;
  /** The opened body, where its type has a form. */
  readonly content?: BodyContent;
  /** Of an attested-for: the partner's own signature over the same bytes was verified. */
  readonly partnerSigned?: boolean;
}

/** A settled entry. Whoever takes part in the operation sees it; what its blinds hide is another matter. */
export interface LineageSettlement {
  readonly id: CoreId;
  readonly core: SettlementCore;
  readonly height: number;
  /** Nations whose approvals the entry holds. */
  readonly approvals: readonly Nation[];
}

/** All that one reader holds, after release policy: what is not in here is withheld from the reader. */
export interface LineageSources {
  readonly events: ReadonlyMap<EventId, LineageEvent>;
  readonly settlements: readonly LineageSettlement[];
  /** What is behind the blinds that the reader could open. */
  readonly blinds: ReadonlyMap<Blind, EventId>;
}

/** The sources, indexed for a walk. */
export interface LineageIndex {
  readonly sources: LineageSources;
  readonly settlements: ReadonlyMap<string, LineageSettlement>;
  /** Settlements by an event they hold as input, and by the event that is their outcome. */
  readonly usedIn: ReadonlyMap<EventId, readonly LineageSettlement[]>;
  readonly outcomeOf: ReadonlyMap<EventId, readonly LineageSettlement[]>;
  readonly approvals: ReadonlyMap<CoreId, readonly EventId[]>;
  readonly consents: ReadonlyMap<EventId, readonly EventId[]>;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, [value]);
  else held.push(value);
}

/** The event behind a blind, when the reader holds both the opening and the event. */
export function behind(sources: LineageSources, blind: Blind): LineageEvent | undefined {
  const id = sources.blinds.get(blind);
  return id === undefined ? undefined : sources.events.get(id);
}

export function indexSources(sources: LineageSources): LineageIndex {
  const usedIn = new Map<EventId, LineageSettlement[]>();
  const outcomeOf = new Map<EventId, LineageSettlement[]>();
  const approvals = new Map<CoreId, EventId[]>();
  const consents = new Map<EventId, EventId[]>();
  for (const settlement of sources.settlements) {
    const { inputs, outcome } = settlement.core;
    for (const { blind } of inputs) {
      const id = sources.blinds.get(blind);
      if (id !== undefined) add(usedIn, id, settlement);
    }
    const id = outcome === null ? undefined : sources.blinds.get(outcome.blind);
    if (id !== undefined) add(outcomeOf, id, settlement);
  }
  for (const [id, { content }] of sources.events) {
    if (content?.type === 'approval') add(approvals, content.coreId, id);
    if (content?.type === 'originator-consent') add(consents, content.source, id);
  }
  const settlements = new Map(sources.settlements.map((one) => [one.id as string, one]));
  return { sources, settlements, usedIn, outcomeOf, approvals, consents };
}

/**
 * How far the origin of an event is vouched for: A by its own nation's credential; an attested-for
 * only as far as the partner's own signature goes. Never raised by what is built upon it.
 */
export function gradeOf({ event, partnerSigned = false }: LineageEvent): Grade {
  if (event.payload.type !== 'attested-for') return 'A';
  return partnerSigned ? 'B' : 'C';
}

const GRADES = ['A', 'B', 'C', 'D'] as const satisfies readonly Grade[];

export function lowestGrade(grades: readonly Grade[]): Grade {
  return GRADES[Math.max(0, ...grades.map((grade) => GRADES.indexOf(grade)))] ?? 'D';
}

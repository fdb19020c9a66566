import type { EventView } from '../domain/views.js';
import { fields, list, short, table, utc } from './output.js';

export function eventTable(events: readonly EventView[]): string {
  const rows = events.map((event) => [
    String(event.arrival),
    short(event.id),
    event.nation,
    event.type,
    utc(event.timeMs),
    event.sealed ? (event.content === null ? 'withheld' : 'opened') : 'open',
    event.label,
  ]);
  return table(['ARRIVAL', 'ID', 'NATION', 'TYPE', 'TIME', 'CONTENT', 'LABEL'], rows);
}

function contentText(event: EventView): string {
  if (event.content === null) return 'withheld: this node holds no key for it';
  return typeof event.content === 'string' ? event.content : JSON.stringify(event.content);
}

function parentText(parent: EventView['parents'][number]): string {
  const name = parent.id ?? (parent.blind === null ? '-' : `blinded ${short(parent.blind)}`);
  return `${parent.relation} ${name}${parent.nation === null ? '' : ` of ${parent.nation}`}`;
}

export function eventText(event: EventView): string {
  return fields([
    ['event', event.id],
    ['nation', `${event.nation} (${event.role}), ${event.subject} #${String(event.seq)}`],
    ['operation', event.op],
    ['type', event.type],
    ['label', event.label],
    ['time', utc(event.timeMs)],
    ['received', utc(event.receivedMs)],
    ['precedence', event.precedence],
    ['log', event.leafIndex === null ? 'not in a held log' : `leaf ${String(event.leafIndex)}`],
    ['anchored', event.anchored ? 'yes' : 'no'],
    ['parents', list(event.parents.map(parentText))],
    ['content', contentText(event)],
  ]);
}

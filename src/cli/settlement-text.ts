import type { SettlementView } from '../domain/views.js';
import { fields, list, short, table, utc } from './output.js';

export function settlementTable(settlements: readonly SettlementView[]): string {
  const rows = settlements.map((view) => [
    short(view.id),
    view.kind,
    view.height === null ? '-' : String(view.height),
    list(view.approvals.map(({ nation }) => nation)),
    list(view.awaiting),
    view.stateText,
  ]);
  return table(['ID', 'KIND', 'HEIGHT', 'APPROVED BY', 'AWAITING', 'STATE'], rows);
}

function inputText(input: SettlementView['inputs'][number]): string {
  const event = input.event === null ? 'withheld' : short(input.event);
  return `${input.originator} ${input.mode} ${event}`;
}

export function settlementText(view: SettlementView): string {
  const { outcome } = view;
  return fields([
    ['settlement', view.id],
    ['operation', view.op],
    ['kind', view.kind],
    ['state', view.stateText],
    ['proposer', view.proposer ?? '-'],
    ['inputs', list(view.inputs.map(inputText))],
    ['outcome', outcome === null ? '-' : `${outcome.originator} ${short(outcome.event)}`],
    ['approved by', list(view.approvals.map(({ nation, kid }) => `${nation} (${short(kid)})`))],
    ['awaiting', list(view.awaiting)],
    ['refused by', list(view.refusals.map(({ nation, reason }) => `${nation}: ${reason}`))],
    ['height', view.height === null ? '-' : String(view.height)],
    ['signers', list(view.signers)],
    ['settled', utc(view.settledMs)],
  ]);
}

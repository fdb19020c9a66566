import type { SettlementView } from '../../src/domain/views.js';
import { columns } from '../narrator.js';
import { type Code, CODES, ROLES } from '../nations.js';
import type { Assertion } from './checks.js';
import type { Reports } from './outcome.js';

export interface NationResult {
  readonly role: string;
  /** `null` when the nation's node does not run or does not answer. */
  readonly pid: number | null;
  readonly events: number;
  readonly withheld: number;
  /** Ids, in the order in which they settled. */
  readonly settlements: readonly string[];
  readonly head: { readonly size: number; readonly root: string } | null;
}

/** The outcome of a run, as `--json` prints it. */
export interface Result {
  readonly ok: boolean;
  readonly seed: number;
  readonly nations: Readonly<Record<Code, NationResult>>;
  readonly settlements: readonly {
    readonly id: string;
    readonly kind: string;
    readonly view: number | null;
    /** Nations whose votes stand in the commit certificate. */
    readonly signers: readonly string[];
    /** Nations whose authority consented; in this testnet each is a scripted officer. */
    readonly approvals: readonly string[];
  }[];
  readonly assertions: readonly Assertion[];
}

function nationResult(code: Code, reports: Reports): NationResult {
  const report = reports.get(code);
  if (report === undefined) {
    return {
      role: ROLES[code],
      pid: null,
      events: 0,
      withheld: 0,
      settlements: [],
      head: null,
    };
  }
  const { status, settled } = report;
  return {
    role: ROLES[code],
    pid: status.pid,
    events: status.events,
    withheld: status.withheld,
    settlements: settled.map(({ id }) => id),
    head: { size: status.log.size, root: status.log.root },
  };
}

function longest(reports: Reports): readonly SettlementView[] {
  return [...reports.values()]
    .map(({ settled }) => settled)
    .reduce((best, next) => (next.length > best.length ? next : best), []);
}

export function resultOf(seed: number, reports: Reports, assertions: readonly Assertion[]): Result {
  const nations = Object.fromEntries(
    CODES.map((code) => [code, nationResult(code, reports)]),
  ) as Record<Code, NationResult>;
  const settlements = longest(reports).map((view) => ({
    id: view.id,
    kind: view.kind,
    view: view.view,
    signers: view.signers,
    approvals: view.approvals.map(({ nation }) => nation),
  }));
  // A run is good when everything asserted holds and no nation is missing, whatever was asserted.
  const isWhole = CODES.every((code) => nations[code].pid !== null);
  const ok = isWhole && assertions.length > 0 && assertions.every((one) => one.ok);
  return { ok, seed, nations, settlements, assertions };
}

/** The result for people. */
export function resultText(result: Result): string {
  const nations = CODES.map((code) => {
    const { role, pid, events, withheld, settlements, head } = result.nations[code];
    return [
      code,
      role,
      pid === null ? 'MISSING' : String(pid),
      String(events),
      String(withheld),
      String(settlements.length),
      head === null ? '-' : `${String(head.size)} ${head.root.slice(0, 12)}`,
    ];
  });
  const settled = result.settlements.map((one) => [
    one.id.slice(0, 12),
    one.kind,
    one.view === null ? '-' : String(one.view),
    one.signers.join(' '),
    one.approvals.join(' '),
  ]);
  const asserted = result.assertions.map(({ ok, name, detail }) => [
    ok ? 'ok' : 'FAILED',
    ok ? name : `${name}: ${detail}`,
  ]);
  return [
    columns([['NATION', 'ROLE', 'PID', 'EVENTS', 'WITHHELD', 'SETTLED', 'LOG'], ...nations]),
    columns([['SETTLEMENT', 'KIND', 'VIEW', 'VOTES', 'CONSENT (scripted officers)'], ...settled]),
    columns(asserted),
    result.ok ? 'The outcome is as it has to be.\n' : 'THE OUTCOME IS NOT AS IT HAS TO BE.\n',
  ].join('\n');
}

import type { Spread } from './statistics.js';
import { median, spreadOf } from './statistics.js';

export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One measured quantity: the median over the runs, and how far the runs lie apart. */
export interface Row {
  readonly params: Readonly<Record<string, string | number>>;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly spread: Spread;
  readonly target?: Target;
  /** Whether the value meets the target. A statement about this machine now, not a test. */
  readonly ok?: boolean;
  /** Value over the yardstick that was measured in the same run. */
  readonly ratio?: number;
}

export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly node: string;
  /** Load averages of 1, 5 and 15 minutes at the start: what else kept the machine busy. */
  readonly load: readonly number[];
}

export interface Report {
  readonly bench: string;
  readonly machine: Machine;
  readonly commit: string;
  readonly node: string;
  readonly runs: number;
  readonly rows: readonly Row[];
}

export interface RowInput extends Pick<Row, 'params' | 'metric' | 'unit' | 'target'> {
  readonly perRun: readonly number[];
  /** The yardstick of each run, in the order of `perRun`. */
  readonly yardstick?: readonly number[];
}

/** Three to five significant digits: more would only look exact. */
function rounded(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))));
  return Number(value.toFixed(Math.min(digits, 6)));
}

export function meets(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

export function rowOf({ perRun, yardstick, target, ...rest }: RowInput): Row {
  const value = rounded(median(perRun));
  const { min, max } = spreadOf(perRun);
  const ratios = perRun.flatMap((one, i) => {
    const by = yardstick?.[i];
    return by === undefined || by === 0 ? [] : [one / by];
  });
  return {
    ...rest,
    value,
    spread: { min: rounded(min), max: rounded(max) },
    ...(target === undefined ? {} : { target, ok: meets(value, target) }),
    ...(ratios.length === 0 ? {} : { ratio: rounded(median(ratios)) }),
  };
}

function cells(row: Row): readonly string[] {
  const params = Object.entries(row.params).map(([name, value]) => `${name}=${String(value)}`);
  const { target } = row;
  const wanted =
    target === undefined
      ? ''
      : 'atMost' in target
        ? `<= ${String(target.atMost)}`
        : `>= ${String(target.atLeast)}`;
  return [
    params.join(' '),
    row.metric,
    `${String(row.value)} ${row.unit}`.trim(),
    `${String(row.spread.min)} .. ${String(row.spread.max)}`,
    wanted,
    row.ok === undefined ? '' : row.ok ? 'met' : 'missed',
    row.ratio === undefined ? '' : String(row.ratio),
  ];
}

const HEAD = ['params', 'metric', 'median', 'runs from .. to', 'target', '', 'ratio'];

/** The report as people read it: a head line and a table. */
export function tableOf(report: Report): string {
  const lines = [HEAD, ...report.rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { machine } = report;
  const load = machine.load.map((value) => value.toFixed(1)).join(' ');
  return [
    `${report.bench}: ${String(report.runs)} runs at ${report.commit}`,
    `${String(machine.cpus)} x ${machine.model}, Node ${machine.node}, load ${load}`,
    ...table,
  ].join('\n');
}

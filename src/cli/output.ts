import type { Refusal } from '../domain/refusal.js';
import type { ExitCode } from './exit-codes.js';

/** What a command answers: for machines and for people. */
export interface Output {
  readonly json: unknown;
  readonly text: string;
  /** Told on stderr beside a text answer: skipped lines, warnings. */
  readonly notes?: string;
  readonly exit?: ExitCode;
}

/** One JSON document on one line. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A refusal for people: what, rule, authority, remedy. */
export function refusalText(refusal: Refusal): string {
  return [
    `refused: ${refusal.detail} (${refusal.code})`,
    `  field:     ${refusal.field}`,
    `  rule:      ${refusal.rule}`,
    `  authority: ${refusal.authority}`,
    `  remedy:    ${refusal.remedy}`,
    '',
  ].join('\n');
}

/** Columns as wide as their widest cell; the last one runs free. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  const print = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map((row) => `${print(row)}\n`).join('');
}

/** `name  value` lines. */
export function fields(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

/** An id as people compare it: its first twelve digits. */
export function short(id: string | null): string {
  return id === null ? '-' : id.slice(0, 12);
}

export function utc(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString();
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '-' : items.join(', ');
}

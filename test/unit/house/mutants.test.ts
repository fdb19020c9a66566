import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../../../scripts/mutants/catalog.js';
import { StaleMutant, swap } from '../../../scripts/mutants/mutant.js';
import { parses, tableRules } from '../../../scripts/mutants/rule-table.js';

const root = path.resolve(import.meta.dirname, '../../..');

interface Row {
  readonly rule: string;
  readonly ok: boolean;
  readonly verdict: { readonly kind: string; readonly test?: string };
}

/** The gate in a process of its own, as one test runner cannot hold another. */
function gate(...args: readonly string[]): { code: number | null; rows: readonly Row[] } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')),
  );
  const command = ['--import', 'tsx', 'scripts/mutants.ts', '--json', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const line = stdout.split('\n').find((one) => one.startsWith('{"mutants"'));
  if (line === undefined) throw new Error(stderr);
  return { code: status, rows: (JSON.parse(line) as { rows: readonly Row[] }).rows };
}

describe('the rule-mutation gate', () => {
  it('names the assertion that misses a rule, and lets a change of nothing pass', () => {
    const { code, rows } = gate('--only', 'safety/V1.*');
    expect(code).toBe(0);
    expect(rows.map(({ rule, verdict }) => [rule, verdict.kind])).toEqual([
      ['control/unit/consensus/safety-rules', 'survived'],
      ['control/unit/consensus/statements', 'survived'],
      ['safety/V1.last-vote', 'caught'],
      ['safety/V1.last-timeout', 'caught'],
      ['safety/V1.last-commit', 'caught'],
    ]);
    expect(rows.at(-1)?.verdict.test).toMatch(/^V: vote > V1/);
  }, 60_000);

  it('fails when no test misses the rule', () => {
    const other = 'test/unit/consensus/genesis.test.ts';
    const { code, rows } = gate('--only', 'safety/V1.last-vote', '--tests', other);
    expect(code).toBe(1);
    expect(rows.map(({ ok, verdict }) => [ok, verdict.kind])).toEqual([
      [true, 'survived'],
      [false, 'survived'],
    ]);
  }, 60_000);

  it('has mutants that all apply, compile, and are told apart by name', () => {
    const ids = MUTANTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const bad = MUTANTS.filter(({ file, change }) => {
      const source = readFileSync(path.join(root, file), 'utf8');
      const changed = change(source);
      return changed === source || !parses(changed);
    });
    expect(bad.map(({ id }) => id)).toEqual([]);
  }, 60_000);

  it('takes every rule of a table, so that a new one is a new mutant', () => {
    const source = `const RULES = [
      { name: 'one', holds: (s) => s.a && s.b },
      ['two', check],
    ] as const satisfies readonly unknown[];`;
    const rules = tableRules(source, 'RULES');
    expect(rules.map(({ name, clauses }) => [name, clauses.map(({ text }) => text)])).toEqual([
      ['one', ['s.a', 's.b']],
      ['two', []],
    ]);
    expect(() => tableRules('const RULES = [rule];', 'RULES')).toThrow(StaleMutant);
    expect(() => tableRules('', 'RULES')).toThrow(StaleMutant);
  });

  it('says so when a rule is no longer where it was', () => {
    expect(() => swap('a', 'b')('c')).toThrow(StaleMutant);
    expect(() => swap('a', 'b')('a a')).toThrow(StaleMutant);
    expect(swap('a', 'b')('a c')).toBe('b c');
    expect(parses('const a = ;')).toBe(false);
  });
});

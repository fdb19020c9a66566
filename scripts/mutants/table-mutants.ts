import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Mutant } from './mutant.js';
import { StaleMutant } from './mutant.js';
import type { TableRule } from './rule-table.js';
import { splice, tableRules } from './rule-table.js';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Table {
  readonly group: string;
  readonly file: string;
  readonly table: string;
  /** Source of a decider that finds nothing wrong, whatever it is asked. */
  readonly never: string;
  readonly tests: readonly string[];
  /** Also remove each clause of a conjunction alone; the expression that takes its place. */
  readonly clause?: 'true' | 'false';
}

/** One mutant for each rule of a table, and for each clause where that is asked for. */
export function tableMutants(of: Table): readonly Mutant[] {
  const { group, file, table, never, tests, clause } = of;
  const rules = tableRules(readFileSync(path.join(ROOT, file), 'utf8'), table);
  return rules.flatMap((rule) => {
    const id = `${group}/${rule.name}`;
    const now = (source: string): TableRule => {
      const found = tableRules(source, table).find(({ name }) => name === rule.name);
      if (found === undefined) throw new StaleMutant(`${table} has no ${rule.name}`);
      return found;
    };
    const whole: Mutant = {
      id,
      what: 'never refuses',
      file,
      tests,
      change: (source) => splice(source, now(source), never),
    };
    if (clause === undefined) return [whole];
    const parts = rule.clauses.map(({ text }, i): Mutant => ({
      id: `${id}#${String(i + 1)}`,
      what: `without: ${text.replace(/\s+/g, ' ')}`,
      file,
      tests,
      change(source) {
        const part = now(source).clauses[i];
        if (part?.text !== text) throw new StaleMutant(`${rule.name} has no clause ${text}`);
        return splice(source, part, clause);
      },
    }));
    return [whole, ...parts];
  });
}

// The rule-mutation gate: `npm run mutants [-- --only GLOB] [--tests FILE] [--json]`. Each rule is
// removed in turn, and the tests that answer for it must fail by an assertion; where nothing is
// removed they must pass. Exit 1 when a mutant survives or could not be judged, or when a control
// fails.
import { parseArgs } from 'node:util';
import { controlsOf, MUTANTS } from './mutants/catalog.js';
import type { Verdict } from './mutants/gate.js';
import { Gate } from './mutants/gate.js';
import type { Mutant } from './mutants/mutant.js';

interface Row {
  readonly rule: string;
  readonly mutant: string;
  readonly verdict: Verdict;
  readonly ok: boolean;
  readonly ms: number;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    // Asks this test file instead of those that answer for the rule.
    tests: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const pattern = globOf(values.only ?? '*');
const chosen = MUTANTS.filter(({ id }) => pattern.test(id)).map((mutant): Mutant =>
  values.tests === undefined ? mutant : { ...mutant, tests: [values.tests] },
);
if (chosen.length === 0) {
  process.stderr.write(`mutants: no rule is named ${values.only ?? ''}\n`);
  process.exit(2);
}
const rows = await judgeAll([...controlsOf(chosen), ...chosen]);
const bad = rows.filter((row) => !row.ok);
const caught = rows.filter(({ ok, verdict }) => ok && verdict.kind === 'caught').length;
say(
  `${String(chosen.length)} mutants, ${String(caught)} caught, ${String(bad.length)} to answer for`,
);
if (values.json) await written(`${JSON.stringify({ mutants: chosen.length, caught, rows })}\n`);
process.exit(bad.length === 0 ? 0 : 1);

/** A pipe takes a long line in pieces: nothing may end the process before the last one. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

function globOf(glob: string): RegExp {
  const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

function say(line: string): void {
  (values.json ? process.stderr : process.stdout).write(`${line}\n`);
}

async function judgeAll(mutants: readonly Mutant[]): Promise<readonly Row[]> {
  const gate = await Gate.open();
  const rows: Row[] = [];
  try {
    say('rule | mutant | caught by | ms');
    for (const mutant of mutants) {
      const began = performance.now();
      const verdict = await gate.judge(mutant);
      const ms = Math.round(performance.now() - began);
      const ok = verdict.kind === (mutant.control ? 'survived' : 'caught');
      rows.push({ rule: mutant.id, mutant: mutant.what, verdict, ok, ms });
      say(`${mutant.id} | ${mutant.what} | ${outcomeOf(verdict, ok)} | ${String(ms)}`);
    }
  } finally {
    await gate.close();
  }
  return rows;
}

function outcomeOf(verdict: Verdict, ok: boolean): string {
  switch (verdict.kind) {
    case 'caught':
      return `${ok ? '' : 'FAILED WITHOUT A CHANGE: '}${verdict.test}`;
    case 'survived':
      return ok ? `nothing, as it should (${String(verdict.passed)} passed)` : 'SURVIVED';
    case 'invalid':
      return `NOT JUDGED: ${verdict.reason}`;
  }
}

// Twins: `npm run twins -- [--scenarios N] [--seed S]`, or one scenario again by `--scenario JSON`.
// Byzantine members are two correct instances with one key; leaders and partitions are enumerated
// as deep as N allows and drawn by the seed beyond. Exit 1 at a violation, when fewer than half of
// the scenarios settle something, or when too many twins do not break agreement.
import { parseArgs } from 'node:util';
import type { TwinScenario } from '../test/sim/twin-scenarios.js';
import { playTwins } from '../test/sim/twins.js';
import type { CampaignReport, Violation } from '../test/sim/twins-campaign.js';
import { runTwins } from '../test/sim/twins-campaign.js';

const PROGRESS_MS = 15_000;
const VIOLATIONS_TOLD = 5;

const { values } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string' },
  },
});
if (values.scenario === undefined) campaign();
else {
  const result = playTwins(JSON.parse(values.scenario) as TwinScenario);
  say(JSON.stringify({ settled: result.settled, conflict: result.conflict }));
  process.exitCode = result.conflict === undefined ? 0 : 1;
}

function natural(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  process.stderr.write(`twins: --${name} takes a whole number from 1\n`);
  return process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function campaign(): void {
  const scenarios = natural('scenarios', values.scenarios);
  const began = performance.now();
  let told = began;
  const report = runTwins({
    scenarios,
    seed: natural('seed', values.seed),
    onProgress: (played) => {
      const now = performance.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      process.stderr.write(`twins: ${String(played)} of ${String(scenarios)} scenarios\n`);
    },
  });
  process.exitCode = tell(report, (performance.now() - began) / 1000) ? 0 : 1;
}

function tell({ groups, control }: CampaignReport, seconds: number): boolean {
  say('scenarios | distinct | settled something | violations');
  for (const { name, played, settled, violations } of groups) {
    say(`${name} | ${String(played)} | ${String(settled)} | ${String(violations.length)}`);
  }
  const violations = [...groups.flatMap((group) => group.violations), ...control.violations];
  for (const violation of violations.slice(0, VIOLATIONS_TOLD)) tellViolation(violation);
  const named = [...control.named].map(([who, times]) => `${who} (${String(times)})`).join('; ');
  say(
    `two twins at n = 4: agreement broken in ${String(control.broken)} of ` +
      `${String(control.played)}; named by rule: ${named}`,
  );
  const played = groups.reduce((sum, group) => sum + group.played, 0);
  const settled = groups.reduce((sum, group) => sum + group.settled, 0);
  const rate = ((played + control.played) / seconds).toFixed(0);
  say(
    `${String(played)} distinct scenarios, ${String(settled)} settled something, ` +
      `${String(violations.length)} violations; ${seconds.toFixed(1)} s, ${rate} scenarios/s`,
  );
  return violations.length === 0 && settled * 2 >= played && control.broken > 0;
}

function tellViolation({ scenario, what }: Violation): void {
  say(`VIOLATION ${what}`);
  say(`again: npm run twins -- --scenario '${JSON.stringify(scenario)}'`);
}

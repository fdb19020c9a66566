import { admit } from './admit.js';
import { gossip } from './gossip.js';
import { thisCommit, thisMachine } from './machine.js';
import type { BenchName, Options } from './options.js';
import { readOptions, USAGE } from './options.js';
import type { Report, Row } from './report.js';
import { tableOf } from './report.js';
import { settleLatency } from './settle-latency.js';
import { settleThroughput } from './settle-throughput.js';

const RUN: Readonly<Record<BenchName, (options: Options) => Promise<readonly Row[]>>> = {
  'settle-latency': settleLatency,
  'settle-throughput': settleThroughput,
  admit,
  gossip,
};

function optionsOrUsage(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`bench: ${why}\n${USAGE}\n`);
    return undefined;
  }
}

async function report(options: Options): Promise<Report> {
  const { bench, runs } = options;
  const machine = thisMachine();
  const commit = thisCommit();
  const rows = await RUN[bench](options);
  return { bench, machine, commit, node: machine.node, runs, rows };
}

/** Workers end with this process: an exit closes their channels. */
function endOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

async function main(): Promise<number> {
  const options = optionsOrUsage();
  if (options === undefined) return 2;
  endOnSignals();
  try {
    const measured = await report(options);
    process.stdout.write(`${tableOf(measured)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(measured)}\n`);
    return 0;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`bench: ${options.bench} could not be measured: ${why}\n`);
    return 1;
  }
}

process.exitCode = await main();

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

const options = optionsOrUsage();
if (options === undefined) {
  process.exitCode = 2;
} else {
  const machine = thisMachine();
  const report: Report = {
    bench: options.bench,
    machine,
    commit: thisCommit(),
    node: machine.node,
    runs: options.runs,
    rows: await RUN[options.bench](options),
  };
  process.stdout.write(`${tableOf(report)}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

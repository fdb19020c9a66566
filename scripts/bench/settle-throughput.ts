import type { Options } from './options.js';
import type { Row, Target } from './report.js';
import { rowOf } from './report.js';
import { entriesFile } from './settle-latency.js';
import type { OpenArgs, OpenResult, PumpArgs, PumpResult } from './settle-verbs.js';
import { median } from './statistics.js';
import type { Crew } from './workers.js';
import { assembled, callAll, withWorkers } from './workers.js';

const BLOCKS = [400, 1000] as const;

function targetOf(nodes: number, block: number): Target {
  if (nodes === 7) return { atLeast: 15_000 };
  return { atLeast: block === 400 ? 25_000 : 40_000 };
}

interface Throughput {
  readonly perSecond: readonly number[];
  readonly perBlock: readonly number[];
  readonly writeMs: readonly number[];
  readonly identifyUs: readonly number[];
}

async function measure(
  crew: Crew,
  block: number,
  { runs, size = 1_600 }: Options,
): Promise<Throughput> {
  const nodes = crew.workers.length;
  const tag = `blocks-of-${String(block)}`;
  const warmUp = block;
  const file = entriesFile(crew, tag, warmUp + runs * size);
  const open: OpenArgs = { tag, file, blockEntries: block, verified: true };
  const opened = await callAll<OpenResult>(crew, 'open', open);
  // Two blocks' worth is always open: the next one waits while the last is agreed on.
  const window = Math.ceil((2 * block) / nodes);
  const pump = (args: PumpArgs): Promise<PumpResult[]> => callAll(crew, 'pump', args);
  await pump({ from: 0, count: warmUp, window });
  const perSecond: number[] = [];
  const perBlock: number[] = [];
  const writeMs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const results = await pump({ from: warmUp + run * size, count: size, window });
    const slowestMs = Math.max(...results.map(({ tookMs }) => tookMs));
    const blocks = Math.max(...results.map(({ blocks }) => blocks));
    perSecond.push((size * 1000) / slowestMs);
    perBlock.push(size / blocks);
    writeMs.push(median(results.flatMap((result) => result.writeMs)));
  }
  return { perSecond, perBlock, writeMs, identifyUs: opened.map((one) => one.identifyUs) };
}

/** Entries per second that are final at the slowest replica, under a steady load from all. */
export function settleThroughput(options: Options): Promise<readonly Row[]> {
  const { nodes } = options;
  return withWorkers('settle-worker.js', nodes, async (crew) => {
    await assembled(crew);
    const rows: Row[] = [];
    for (const block of BLOCKS) {
      const { perSecond, perBlock, writeMs, identifyUs } = await measure(crew, block, options);
      const params = { nodes, block };
      const target = targetOf(nodes, block);
      rows.push(
        rowOf({ params, metric: 'settled', unit: '1/s', perRun: perSecond, target }),
        rowOf({ params, metric: 'entries in a block', unit: '', perRun: perBlock }),
        rowOf({ params, metric: 'safety write', unit: 'ms', perRun: writeMs }),
        rowOf({ params, metric: 'decode and identify an entry', unit: 'us', perRun: identifyUs }),
      );
    }
    return rows;
  });
}

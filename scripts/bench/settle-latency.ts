import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quorumOf } from '../../src/domain/quorum.js';
import { benchNations } from './nations.js';
import { benchOperation, decisionOf } from './operation.js';
import type { Options } from './options.js';
import { writeRecords } from './records.js';
import type { Row } from './report.js';
import { rowOf } from './report.js';
import type { OpenArgs, SampleArgs, SampleResult } from './settle-verbs.js';
import { median, quantile } from './statistics.js';
import type { Crew } from './workers.js';
import { assembled, callAll, withWorkers } from './workers.js';

const WARM_UP = 30;

/** Prepares complete entries of the operation `tag`; answers the file that holds them. */
export function entriesFile(crew: Crew, tag: string, count: number): string {
  const nations = benchNations(crew.workers.length);
  const [lead] = nations;
  if (lead === undefined) throw new RangeError('an operation has a lead');
  const { opId } = benchOperation(nations, tag);
  const entries = Array.from({ length: count }, (_, i) => decisionOf(lead, opId, String(i)));
  const file = join(crew.dir, `${tag}.entries`);
  writeFileSync(file, writeRecords(entries));
  return file;
}

/** 3δ + 3F + 3S + 2(q−1)V, in milliseconds: what no implementation on this machine goes below. */
function floorMs(sample: SampleResult, q: number): number {
  const [link, sync, sign, verify] = [
    sample.linkUs,
    sample.syncUs,
    sample.signUs,
    sample.verifyUs,
  ].map(median) as [number, number, number, number];
  return (3 * (link + sync + sign) + 2 * (q - 1) * verify) / 1000;
}

function rows(samples: readonly SampleResult[], nodes: number): readonly Row[] {
  const params = { nodes };
  const q = quorumOf(nodes, 'bft').q;
  const p50 = samples.map(({ settleMs }) => median(settleMs));
  const p99 = samples.map(({ settleMs }) => quantile(settleMs, 0.99));
  const floors = samples.map((sample) => floorMs(sample, q));
  const times = p50.map((value, i) => value / (floors[i] ?? NaN));
  const middle = (pick: (sample: SampleResult) => readonly number[]): readonly number[] =>
    samples.map((sample) => median(pick(sample)));
  const ms = { params, unit: 'ms' };
  const us = { params, unit: 'us' };
  return [
    rowOf({
      ...ms,
      metric: 'settle p50',
      perRun: p50,
      yardstick: floors,
      ...(nodes === 4 ? { target: { atMost: 4 } } : {}),
    }),
    rowOf({
      ...ms,
      metric: 'settle p99',
      perRun: p99,
      ...(nodes === 4 ? { target: { atMost: 12 } } : {}),
    }),
    rowOf({ ...ms, metric: 'floor', perRun: floors }),
    rowOf({
      params,
      metric: 'settle p50 / floor',
      unit: 'x',
      perRun: times,
      target: { atMost: 3 },
    }),
    rowOf({ ...us, metric: 'link, one way', perRun: middle(({ linkUs }) => linkUs) }),
    rowOf({ ...us, metric: 'synced write', perRun: middle(({ syncUs }) => syncUs) }),
    rowOf({ ...ms, metric: 'safety write', perRun: middle(({ writeMs }) => writeMs) }),
    rowOf({ ...us, metric: 'sign', perRun: middle(({ signUs }) => signUs) }),
    rowOf({ ...us, metric: 'verify', perRun: middle(({ verifyUs }) => verifyUs) }),
  ];
}

/** One lone settlement after another on an idle group. */
export function settleLatency({ runs, nodes, size = 200 }: Options): Promise<readonly Row[]> {
  return withWorkers('settle-worker.js', nodes, async (crew) => {
    await assembled(crew);
    const file = entriesFile(crew, 'latency', WARM_UP + runs * size);
    const open: OpenArgs = { tag: 'latency', file, blockEntries: 1000, verified: false };
    await callAll(crew, 'open', open);
    const [submitter] = crew.workers;
    if (submitter === undefined) throw new RangeError('a group has members');
    const sample = (args: SampleArgs): Promise<SampleResult> => submitter.call('sample', args);
    await sample({ from: 0, count: WARM_UP });
    const samples: SampleResult[] = [];
    for (let run = 0; run < runs; run++) {
      samples.push(await sample({ from: WARM_UP + run * size, count: size }));
    }
    return rows(samples, nodes);
  });
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from './deliveries.js';
import { deliveriesOf } from './deliveries.js';
import { benchLabel, streamOf } from './events.js';
import type { Carrier, Seen, SendArgs } from './gossip-verbs.js';
import { pause } from './mesh-host.js';
import { benchNations } from './nations.js';
import { benchOperation } from './operation.js';
import type { Options } from './options.js';
import { writeRecords } from './records.js';
import type { Row } from './report.js';
import { rowOf } from './report.js';
import { median, quantile } from './statistics.js';
import type { Crew } from './workers.js';
import { assembled, callAll, withWorkers } from './workers.js';

const NODES = 7;
const MESSAGE_BYTES = 1024;
/** Between two messages: more than one needs, so that no message waits for another. */
const EVERY_MS = 40;
const WARM_UP = 35;
/** How long after the last message a missing one counts as lost. */
const LOST_MS = 5_000;
const CARRIERS = ['entente', 'bare'] as const satisfies readonly Carrier[];
type Measured = Readonly<Record<Seen['carrier'], Delivery>>;

/** Each node's platform says `each` things; message m is the next of node m mod n. */
function messagesFile(crew: Crew, each: number): string {
  const all = benchNations(NODES);
  const operation = benchOperation(all, 'gossip');
  const label = benchLabel(all);
  const streams = all.map((nation) =>
    streamOf({ nation, platform: 'gossip', operation, label, count: each, bytes: MESSAGE_BYTES }),
  );
  const data = Array.from({ length: each }, (_, i) =>
    streams.map(({ messages }) => messages[i]?.data ?? new Uint8Array()),
  ).flat();
  const file = join(crew.dir, 'messages');
  writeFileSync(file, writeRecords(data));
  return file;
}

async function sendAll(crew: Crew, due: readonly number[]): Promise<(readonly Seen[])[]> {
  for (const index of due) {
    for (const carrier of CARRIERS) {
      const args: SendArgs = { carrier, index };
      await crew.workers[index % NODES]?.call('send', args);
      await pause(EVERY_MS);
    }
  }
  const notes: Seen[][] = crew.workers.map(() => []);
  const wanted = due.length * (CARRIERS.length + 1) * NODES;
  const deadline = performance.now() + LOST_MS;
  for (;;) {
    const more = await callAll<readonly Seen[]>(crew, 'seen');
    more.forEach((seen, i) => notes[i]?.push(...seen));
    if (notes.flat().length >= wanted || performance.now() > deadline) return notes;
    await pause(100);
  }
}

function rows(runs: readonly Measured[]): readonly Row[] {
  const params = { nodes: NODES, bytes: MESSAGE_BYTES };
  const of = (carrier: Seen['carrier'], share: number): readonly number[] =>
    runs.map((run) => quantile(run[carrier].ms, share));
  const times = runs.map((run) => median(run.entente.ms) / median(run.bare.ms));
  const ratio = (carrier: Carrier): readonly number[] => runs.map((run) => run[carrier].ratio);
  const ms = { params, unit: 'ms' };
  return [
    rowOf({
      params,
      metric: 'delivered',
      unit: '',
      perRun: ratio('entente'),
      target: { atLeast: 1 },
    }),
    rowOf({ ...ms, metric: 'p50', perRun: of('entente', 0.5), yardstick: of('bare', 0.5) }),
    rowOf({ ...ms, metric: 'p99', perRun: of('entente', 0.99), yardstick: of('bare', 0.99) }),
    rowOf({
      ...ms,
      metric: 'p50 at the door',
      perRun: of('arrival', 0.5),
      yardstick: of('bare', 0.5),
    }),
    rowOf({ params, metric: 'p50 / bare p50', unit: 'x', perRun: times, target: { atMost: 2 } }),
    rowOf({ params, metric: 'bare delivered', unit: '', perRun: ratio('bare') }),
    rowOf({ ...ms, metric: 'bare p50', perRun: of('bare', 0.5) }),
    rowOf({ ...ms, metric: 'bare p99', perRun: of('bare', 0.99) }),
  ];
}

/** Delivery on one topic among whole nodes, beside bare gossipsub in the same processes. */
export function gossip({ runs, size = 49 }: Options): Promise<readonly Row[]> {
  return withWorkers('gossip-worker.js', NODES, async (crew) => {
    await assembled(crew);
    const file = messagesFile(crew, Math.ceil((WARM_UP + runs * size) / NODES));
    await callAll(crew, 'load', { file });
    const range = (from: number, count: number): number[] =>
      Array.from({ length: count }, (_, i) => from + i);
    await sendAll(crew, range(0, WARM_UP));
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run++) {
      const due = range(WARM_UP + run * size, size);
      const seen = await sendAll(crew, due);
      measured.push({
        entente: deliveriesOf(seen, 'entente', due),
        arrival: deliveriesOf(seen, 'arrival', due),
        bare: deliveriesOf(seen, 'bare', due),
      });
    }
    return rows(measured);
  });
}

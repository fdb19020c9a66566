import type { AdmitArgs, AdmitResult } from './admit-verbs.js';
import type { Options } from './options.js';
import type { Row } from './report.js';
import { rowOf } from './report.js';
import { median } from './statistics.js';
import { withWorkers } from './workers.js';

const AUTHORS = [1, 32] as const;
const SHARE = 0.7;
const WARM_UP = 640;

async function measure(authors: number, { runs, size = 4_000 }: Options): Promise<AdmitResult[]> {
  return withWorkers('admit-worker.js', 1, async ({ workers }) => {
    const [worker] = workers;
    if (worker === undefined) throw new RangeError('no worker');
    // One author's events are all in sequence: a fifth of them measures as much.
    const count = authors === 1 ? Math.ceil(size / 5) : size;
    const perAuthor = Math.ceil((WARM_UP + runs * count) / authors) + runs + 1;
    const start: AdmitArgs = { authors, perAuthor };
    await worker.call('start', start);
    await worker.call('admit', { count: WARM_UP });
    const results: AdmitResult[] = [];
    for (let run = 0; run < runs; run++) results.push(await worker.call('admit', { count }));
    return results;
  });
}

/** Events per second through the whole door of one node, beside bare verification. */
export async function admit(options: Options): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const authors of AUTHORS) {
    const results = await measure(authors, options);
    const params = { authors };
    const bare = results.map((result) => result.bare);
    const shares = results.map((result) => result.door / result.bare);
    const syncs = results.map(({ syncUs }) => median(syncUs));
    rows.push(
      rowOf({
        params,
        metric: 'admitted',
        unit: '1/s',
        perRun: results.map(({ door }) => door),
        yardstick: bare,
      }),
      rowOf({ params, metric: 'bare verify', unit: '1/s', perRun: bare }),
      rowOf({
        params,
        metric: 'admitted / bare verify',
        unit: 'x',
        perRun: shares,
        ...(authors === 1 ? {} : { target: { atLeast: SHARE } }),
      }),
      rowOf({ params, metric: 'synced write', unit: 'us', perRun: syncs }),
    );
  }
  return rows;
}

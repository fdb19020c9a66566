import { parseArgs } from 'node:util';

export const BENCHES = ['settle-latency', 'settle-throughput', 'admit', 'gossip'] as const;
export type BenchName = (typeof BENCHES)[number];

export interface Options {
  readonly bench: BenchName;
  readonly json: boolean;
  /** What one run measures: settlements, entries, events or messages. */
  readonly size?: number;
  readonly runs: number;
  /** Replicas of the settlement benches. */
  readonly nodes: number;
}

export const USAGE = `npm run bench -- NAME [--json] [--size N] [--runs N] [--nodes 4|7]
NAME is one of ${BENCHES.join(', ')}`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`--${name} is a whole number of at least 1, not ${text}`);
  }
  return value;
}

function isBench(name: string | undefined): name is BenchName {
  return BENCHES.some((bench) => bench === name);
}

/** Reads the command line; throws with what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      size: { type: 'string' },
      runs: { type: 'string', default: '3' },
      nodes: { type: 'string', default: '4' },
    },
  });
  const [bench, another] = positionals;
  if (!isBench(bench) || another !== undefined) throw new RangeError(`name one bench`);
  const nodes = count('nodes', values.nodes);
  if (nodes !== 4 && nodes !== 7) throw new RangeError('--nodes is 4 or 7');
  return {
    bench,
    json: values.json,
    runs: count('runs', values.runs),
    nodes,
    ...(values.size === undefined ? {} : { size: count('size', values.size) }),
  };
}

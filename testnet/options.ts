import { parseArgs } from 'node:util';
import { messageOf, TestnetFailure } from './failure.js';

export const DEFAULT_DIR = '.testnet';
const SEED_MAX = 2 ** 31 - 1;

export interface StartOptions {
  /** Assert the outcome, stop everything, exit. */
  readonly once: boolean;
  readonly json: boolean;
  readonly input: string | undefined;
  readonly seed: number;
  readonly dir: string;
  /** Leave keys and stores in place after `once`. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const START_HELP = `Runs the reference scenario, maritime interdiction by six nations, on real node processes.

  --once         assert the outcome, stop everything, exit 0 or 1
  --json         the result as one JSON object, the last line of stdout; progress on stderr
  --input FILE   AIS sentences (NMEA 0183 AIVDM) or Cursor-on-Target XML instead of the example
  --seed N       seed of the links' chance (default 1)
  --dir DIR      folder of the testnet (default ${DEFAULT_DIR})
  --keep         with --once: keep the nations' keys and stores too
`;

export function usageFailure(message: string): TestnetFailure {
  return new TestnetFailure('USAGE', message, 'see --help');
}

export function seedOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= SEED_MAX) return seed;
  throw usageFailure(`--seed is a whole number from 0 to ${String(SEED_MAX)}, not ${text}`);
}

/** The options of `npm start`; an unknown one is a usage failure. */
export function startOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        input: { type: 'string' },
        seed: { type: 'string' },
        dir: { type: 'string', default: DEFAULT_DIR },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, input: values.input, seed: seedOf(values.seed) };
  } catch (error) {
    if (error instanceof TestnetFailure) throw error;
    throw usageFailure(messageOf(error));
  }
}

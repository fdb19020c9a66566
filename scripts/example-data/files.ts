import { aisFeed } from './ais-feed.js';
import { cotTracks } from './cot-tracks.js';
import { coastGuardFleet, fleet } from './vessels.js';

/** When the operation's feeds begin. */
const operationStartMs = Date.UTC(2026, 9, 14, 22, 0, 0);

const WEEK_MS = 7 * 24 * 3_600_000;

/**
 * The testnet's input files by name. All vessels, tracks and events are made up; the same code
 * gives the same bytes.
 */
export function exampleFiles(): Readonly<Record<string, string>> {
  return {
    'maritime.nmea': aisFeed({
      fleet,
      startMs: operationStartMs,
      minutes: 360,
      positionEveryMinutes: 5,
      staticsEveryMinutes: 30,
      source: 'rAUS01',
      seed: 525_012_345,
      damageEvery: 80,
    }),
    'phl-coastguard.nmea': aisFeed({
      fleet: coastGuardFleet,
      startMs: operationStartMs - WEEK_MS,
      minutes: 59,
      positionEveryMinutes: 6,
      staticsEveryMinutes: 30,
      source: 'rPHL07',
      seed: 548,
      damageEvery: 14,
    }),
    'operation.cot.xml': cotTracks(operationStartMs),
  };
}

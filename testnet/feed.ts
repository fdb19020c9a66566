import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { feedReader } from '../src/node/feeds.js';
import { systemCode, TestnetFailure } from './failure.js';

export type FeedFormat = 'ais' | 'cot';

/** A feed file that was looked at before anything is started for it. */
export interface Feed {
  readonly file: string;
  readonly format: FeedFormat;
  readonly reports: number;
  readonly skipped: number;
  /** Distinct objects reported on: MMSI or CoT uid. */
  readonly objects: readonly string[];
}

/** Tells the format by the first thing written; by the name when that says nothing. */
function formatOf(file: string, text: string): FeedFormat {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (start.startsWith('<')) return 'cot';
  if (/^([!$\\]|[0-9])/.test(start)) return 'ais';
  return ['.xml', '.cot'].includes(extname(file).toLowerCase()) ? 'cot' : 'ais';
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new TestnetFailure(
      'INPUT_MISSING',
      `cannot read ${file}: ${systemCode(error) ?? String(error)}`,
      'check the path given with --input',
    );
  }
}

/** Reads a feed file to see that it is one: a run on nothing would assert nothing. */
export function lookAtFeed(file: string): Feed {
  const text = textOf(file);
  if (text.trim() === '') {
    throw new TestnetFailure('INPUT_EMPTY', `${file} is empty`, 'name a file with reports');
  }
  const format = formatOf(file, text);
  const { reports, skipped } = feedReader.read(format, text);
  if (reports.length === 0) {
    const first = skipped[0];
    const why = first === undefined ? '' : `; line ${String(first.line)}: ${first.reason}`;
    throw new TestnetFailure(
      'INPUT_UNUSABLE',
      `${basename(file)} holds no usable ${format.toUpperCase()} report${why}`,
      'AIS as NMEA 0183 AIVDM sentences, or Cursor-on-Target XML',
    );
  }
  return {
    file,
    format,
    reports: reports.length,
    skipped: skipped.length,
    objects: [...new Set(reports.map(({ object }) => object))],
  };
}

import { readAis } from '../adapters/ais/index.js';
import type { AisReport } from '../adapters/ais/index.js';
import { readCot } from '../adapters/cot/index.js';
import type { CotReport } from '../adapters/cot/index.js';
import type { FeedReader, FeedReport } from '../ports/feed-reader.js';

function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function fromAis(report: AisReport): FeedReport {
  const { line, mmsi, messageType, raw, timeMs, latitude, longitude, name } = report;
  const { speedKnots, courseDegrees } = report;
  return {
    line,
    object: String(mmsi).padStart(9, '0'),
    reportType: String(messageType),
    raw,
    ...given({ timeMs, latitude, longitude, speedKnots, courseDegrees, name }),
  };
}

function fromCot(report: CotReport): FeedReport {
  const { line, uid, cotType, raw, timeMs, latitude, longitude, callsign } = report;
  return {
    line,
    object: uid,
    reportType: cotType,
    raw: [raw],
    ...given({ timeMs, latitude, longitude, name: callsign }),
  };
}

/** The formats a node takes in, over their adapters. */
export const feedReader: FeedReader = {
  read(format, text) {
    if (format === 'ais') {
      const file = readAis(text);
      return { ...file, reports: file.reports.map(fromAis) };
    }
    const file = readCot(text);
    const sentences = file.events.length + file.skipped.length;
    return { sentences, reports: file.events.map(fromCot), skipped: file.skipped };
  },
};

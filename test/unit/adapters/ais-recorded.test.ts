import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAis } from '../../../src/adapters/ais/index.js';

interface GgDecoded {
  readonly valid: boolean;
  readonly aistype: number;
  readonly mmsi: string;
  readonly lat?: number;
  readonly lon?: number;
  readonly sog?: number;
  readonly cog?: number;
}
const { AisDecode } = createRequire(import.meta.url)('ggencoder') as {
  AisDecode: new (sentence: string, session: object) => GgDecoded;
};

describe('recorded sentences', () => {
  const sample = path.resolve(
    process.env['ENTENTE_DATA'] ?? '../shared/data',
    'nmea_data_sample.txt',
  );

  test('are decoded as another decoder decodes them', (context) => {
    if (!existsSync(sample)) {
      console.log(`skipped: no recorded sentences at ${sample} (set ENTENTE_DATA)`);
      context.skip();
    }
    const { reports, skipped, sentences } = readAis(readFileSync(sample, 'latin1'));
    expect(sentences).toBe(898);
    expect(countBy(reports.map(({ messageType }) => messageType))).toEqual({
      1: 667,
      3: 76,
      18: 19,
      24: 2,
    });
    // The file holds the first sentences only of its twenty multi-sentence messages.
    expect(countBy(skipped.map(({ reason }) => reason))).toEqual({
      EMPTY_PAYLOAD: 100,
      INCOMPLETE_MULTIPART: 20,
      UNSUPPORTED_TYPE: 14,
    });
    for (const report of reports) {
      const other = new AisDecode(report.raw[0]!, {});
      // It calls a report without a position invalid.
      expect(other.valid).toBe(report.latitude !== undefined || report.messageType === 24);
      expect([other.aistype, Number(other.mmsi)]).toEqual([report.messageType, report.mmsi]);
      if (report.latitude === undefined) continue;
      expect(report.latitude).toBeCloseTo(other.lat!, 6);
      expect(report.longitude).toBeCloseTo(other.lon!, 6);
      if (report.speedKnots !== undefined) expect(report.speedKnots).toBeCloseTo(other.sog!, 6);
      if (report.courseDegrees !== undefined) {
        expect(report.courseDegrees).toBeCloseTo(other.cog!, 6);
      }
    }
  });
});

function countBy(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleFiles } from '../../scripts/example-data/files.js';
import { distanceNm } from '../../scripts/example-data/track.js';
import { readAis, type AisReport } from '../../src/adapters/ais/index.js';
import { readCot } from '../../src/adapters/cot/index.js';

const folder = path.join(import.meta.dirname, '../../testnet/data');
const fileBytes = (name: string): Buffer => readFileSync(path.join(folder, name));
const ais = (name: string) => readAis(fileBytes(name).toString('latin1'));

function countBy(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

interface Fix {
  readonly at: readonly [number, number];
  readonly timeMs: number;
  readonly speedKnots: number;
}

function fixesOf(reports: readonly AisReport[], mmsi: number): Fix[] {
  return reports.flatMap(({ mmsi: of, latitude, longitude, timeMs, speedKnots = 0 }) =>
    of === mmsi && latitude !== undefined && longitude !== undefined && timeMs !== undefined
      ? [{ at: [latitude, longitude] as const, timeMs, speedKnots }]
      : [],
  );
}

describe('the files', () => {
  test('are what the generator writes, byte for byte', () => {
    for (const [name, text] of Object.entries(exampleFiles())) {
      const bytes = Buffer.from(text, name.endsWith('.nmea') ? 'latin1' : 'utf8');
      expect(bytes.equals(fileBytes(name)), `${name}: run scripts/example-data.ts`).toBe(true);
    }
  });

  test('are small', () => {
    const sizes = Object.keys(exampleFiles()).map((name) => fileBytes(name).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
  });
});

describe('maritime.nmea', () => {
  const { reports, skipped, sentences } = ais('maritime.nmea');

  test('has its sentences, types and bad lines', () => {
    expect(sentences).toBe(2_420);
    expect(countBy(reports.map(({ messageType }) => messageType))).toEqual({
      1: 1_227,
      5: 204,
      18: 571,
      24: 192,
    });
    expect(countBy(skipped.map(({ reason }) => reason))).toEqual({
      BAD_CHECKSUM: 4,
      TRUNCATED: 4,
      EMPTY_PAYLOAD: 4,
      INCOMPLETE_MULTIPART: 4,
      NOT_AIS: 4,
      NOT_NMEA: 3,
      BAD_PAYLOAD: 3,
      UNSUPPORTED_TYPE: 3,
    });
    expect(reports.filter(({ raw }) => raw.length === 2)).toHaveLength(204);
  });

  test('keeps every intact sentence to 82 characters', () => {
    for (const { raw } of reports) {
      for (const line of raw) {
        expect(line.slice(line.indexOf('!')).length + 2).toBeLessThanOrEqual(82);
      }
    }
  });

  test('shows 25 vessels of known flags that move as they say', () => {
    const vessels = new Set(reports.map(({ mmsi }) => mmsi));
    expect(vessels.size).toBe(25);
    for (const mmsi of vessels) {
      // Ship stations have nine digits, the first three of a flag in 200 to 775 (ITU-R M.585).
      expect(mmsi).toBeGreaterThanOrEqual(200_000_000);
      expect(mmsi).toBeLessThan(776_000_000);
      const fixes = fixesOf(reports, mmsi);
      expect(fixes.length).toBeGreaterThan(60);
      fixes.slice(1).forEach((fix, i) => {
        const before = fixes[i]!;
        const hours = (fix.timeMs - before.timeMs) / 3_600_000;
        const knots = distanceNm(before.at, fix.at) / hours;
        expect(hours).toBeGreaterThan(0);
        expect(knots).toBeLessThan(20);
        const said = [before.speedKnots, fix.speedKnots];
        expect(knots).toBeGreaterThan(Math.min(...said) - 1);
        expect(knots).toBeLessThan(Math.max(...said) + 1);
        expect(fix.at[0]).toBeGreaterThan(-22);
        expect(fix.at[0]).toBeLessThan(-5);
      });
    }
  });

  test('shows KM TELUK DALAM alongside a mother ship, then silent', () => {
    const named = reports.find(({ name }) => name === 'KM TELUK DALAM');
    const mother = reports.find(({ name }) => name === 'OCEAN HARVEST 7');
    expect(named?.mmsi).toBe(525_012_345);
    const [small, large] = [fixesOf(reports, 525_012_345), fixesOf(reports, mother!.mmsi)];
    const together = small.filter(({ at, timeMs, speedKnots }) =>
      large.some(
        (other) =>
          Math.abs(other.timeMs - timeMs) < 300_000 &&
          distanceNm(other.at, at) < 0.25 &&
          speedKnots < 1 &&
          other.speedKnots < 1,
      ),
    );
    expect(together.length).toBeGreaterThanOrEqual(4);
    const gaps = small.slice(1).map(({ timeMs }, i) => timeMs - small[i]!.timeMs);
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(35 * 60_000);
  });
});

describe('phl-coastguard.nmea', () => {
  test('has 60 sentences, four vessels, the suspicious one among them', () => {
    const { reports, skipped, sentences } = ais('phl-coastguard.nmea');
    expect(sentences).toBe(60);
    expect(new Set(reports.map(({ mmsi }) => mmsi)).size).toBe(4);
    expect(countBy(skipped.map(({ reason }) => reason))).toEqual({
      BAD_CHECKSUM: 1,
      TRUNCATED: 1,
      EMPTY_PAYLOAD: 1,
      INCOMPLETE_MULTIPART: 1,
    });
    expect(fixesOf(reports, 525_012_345).length).toBeGreaterThanOrEqual(9);
  });
});

describe('operation.cot.xml', () => {
  const { events, skipped } = readCot(fileBytes('operation.cot.xml').toString('utf8'));

  test('has six tracks of twelve events, and three bad events', () => {
    expect(Object.values(countBy(events.map(({ uid }) => uid)))).toEqual(new Array(6).fill(12));
    expect(skipped.map(({ reason }) => reason)).toEqual(['UNCLOSED', 'BAD_POINT', 'BAD_TIME']);
    const nations = events.map(({ uid }) => uid.slice(0, 3));
    expect([...new Set(nations)]).toEqual(['AUS', 'GBR', 'USA', 'JPN', 'MMS']);
  });

  test('agrees with the AIS feed about the suspicious vessel', () => {
    const fixes = fixesOf(ais('maritime.nmea').reports, 525_012_345);
    const seen = events.filter(({ uid }) => uid === 'MMSI-525012345');
    for (const { timeMs, latitude, longitude, cotType, callsign } of seen) {
      expect([cotType, callsign]).toEqual(['a-s-S-X-F', 'KM TELUK DALAM']);
      const near = fixes.filter((fix) => Math.abs(fix.timeMs - timeMs) <= 300_000);
      for (const { at } of near) expect(distanceNm(at, [latitude, longitude])).toBeLessThan(1.5);
    }
  });
});

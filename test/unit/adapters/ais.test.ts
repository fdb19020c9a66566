import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isSkipped,
  linesOf,
  readAis,
  readAisLines,
  type AisReport,
  type SkippedLine,
} from '../../../src/adapters/ais/index.js';

/** Sentences whose content is published with the AIVDM/AIVDO protocol decoding notes and pyais. */
const type1 = '!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C';
const type5 = [
  '!AIVDM,2,1,1,A,55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C',
  '!AIVDM,2,2,1,A,88888888880,2*25',
];
const type18 = '!AIVDM,1,1,,A,B5NJ;PP005l4ot5Isbl03wsUkP06,0*76';
const type19 = '!AIVDM,1,1,,B,C5N3SRgPEnJGEBT>NhWAwwo862PaLELTBJ:V00000000S0D:R220,0*0B';
const type24A = '!AIVDM,1,1,,A,H42O55i18tMET00000000000000,2*6D';
const type24B = '!AIVDM,1,1,,A,H42O55lt0000000D3nink000?0500,0*70';

function checksummed(body: string): string {
  let sum = 0;
  for (const char of body) sum ^= char.charCodeAt(0);
  return `!${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
}

function only(text: string): AisReport | SkippedLine {
  const { reports, skipped } = readAis(text);
  const all = [...reports, ...skipped];
  expect(all).toHaveLength(1);
  return all[0]!;
}

function reasons(text: string): [number, string][] {
  return readAis(text).skipped.map(({ line, reason }) => [line, reason]);
}

/** A payload of `bits` zeros into which unsigned or two's complement fields are written. */
function payloadOf(bits: number, fields: readonly [at: number, length: number, value: number][]) {
  const digits = new Array<string>(Math.ceil(bits / 6) * 6).fill('0');
  for (const [at, length, value] of fields) {
    const unsigned = value < 0 ? value + 2 ** length : value;
    const written = unsigned.toString(2).padStart(length, '0');
    digits.splice(at, length, ...Array.from(written));
  }
  const sixBits = digits.join('').match(/.{6}/g) ?? [];
  return sixBits
    .map((six) => Number.parseInt(six, 2))
    .map((value) => String.fromCharCode(value < 40 ? value + 48 : value + 56))
    .join('');
}

describe('messages', () => {
  test('type 1 gives a position', () => {
    expect(only(type1)).toMatchObject({ line: 1, mmsi: 366053209, messageType: 1, raw: [type1] });
    const report = only(type1) as AisReport;
    expect(report.latitude).toBeCloseTo(37.802118, 5);
    expect(report.longitude).toBeCloseTo(-122.341618, 5);
    expect(report.speedKnots).toBe(0);
    expect(report.courseDegrees).toBe(219.3);
  });

  test('type 5 gives name and call sign, from both of its sentences', () => {
    const report = only(type5.join('\n'));
    expect(report).toEqual({
      line: 1,
      mmsi: 351759000,
      messageType: 5,
      name: 'EVER DIADEM',
      callSign: '3FOF8',
      raw: type5,
    });
  });

  test('type 18 gives a position', () => {
    const report = only(type18) as AisReport;
    expect(report).toMatchObject({ mmsi: 367430530, messageType: 18, speedKnots: 0 });
    expect(report.latitude).toBeCloseTo(37.785035, 5);
    expect(report.longitude).toBeCloseTo(-122.26732, 5);
  });

  test('type 19 gives a position and a name', () => {
    const report = only(type19) as AisReport;
    expect(report).toMatchObject({
      mmsi: 367059850,
      messageType: 19,
      name: 'CAPT.J.RIMES',
      speedKnots: 8.7,
      courseDegrees: 335.9,
    });
    expect(report.latitude).toBeCloseTo(29.543695, 5);
    expect(report.longitude).toBeCloseTo(-88.810394, 5);
  });

  test('type 24 gives a name in part A and a call sign in part B', () => {
    expect(only(type24A)).toMatchObject({ mmsi: 271041815, messageType: 24, name: 'PROGUY' });
    expect(only(type24B)).toMatchObject({ mmsi: 271041815, messageType: 24, callSign: 'TC6163' });
  });

  test('AIVDO and other talkers are read, lower-case checksums too', () => {
    const own = checksummed(type1.slice(1, -3).replace('AIVDM', 'AIVDO'));
    const base = checksummed(type1.slice(1, -3).replace('AIVDM', 'BSVDM'));
    expect(readAis([own, base, type18.replace('*76', '*76')].join('\n')).reports).toHaveLength(3);
    expect(readAis(type1.replace('5C', '5c')).reports).toHaveLength(1);
  });

  test('values that mean "not available" are absent', () => {
    const payload = payloadOf(168, [
      [0, 6, 1],
      [8, 30, 525012345],
      [50, 10, 1023],
      [61, 28, 181 * 600000],
      [89, 27, 91 * 600000],
      [116, 12, 3600],
    ]);
    expect(only(checksummed(`AIVDM,1,1,,A,${payload},0`))).toEqual({
      line: 1,
      mmsi: 525012345,
      messageType: 1,
      raw: [expect.any(String)],
    });
  });

  test('positions off the globe, and MMSIs of ten digits, are bad payloads', () => {
    const off = payloadOf(168, [
      [0, 6, 18],
      [8, 30, 525012345],
      [85, 27, 95 * 600000],
    ]);
    const long = payloadOf(168, [
      [0, 6, 1],
      [8, 30, 1_000_000_000],
    ]);
    const text = [off, long].map((p) => checksummed(`AIVDM,1,1,,A,${p},0`)).join('\n');
    expect(reasons(text)).toEqual([
      [1, 'BAD_PAYLOAD'],
      [2, 'BAD_PAYLOAD'],
    ]);
  });

  test('any position and speed comes back as it was written', () => {
    const writtenReport = fc.record({
      mmsi: fc.integer({ min: 1, max: 999_999_999 }),
      lat: fc.integer({ min: -90 * 600000, max: 90 * 600000 }),
      lon: fc.integer({ min: -180 * 600000, max: 180 * 600000 }),
      speed: fc.integer({ min: 0, max: 1022 }),
      course: fc.integer({ min: 0, max: 3599 }),
    });
    fc.assert(
      fc.property(writtenReport, ({ mmsi, lat, lon, speed, course }) => {
        const payload = payloadOf(168, [
          [0, 6, 3],
          [8, 30, mmsi],
          [50, 10, speed],
          [61, 28, lon],
          [89, 27, lat],
          [116, 12, course],
        ]);
        expect(only(checksummed(`AIVDM,1,1,,A,${payload},0`))).toMatchObject({
          mmsi,
          latitude: lat / 600000,
          longitude: lon / 600000,
          speedKnots: speed / 10,
          courseDegrees: course / 10,
        });
      }),
    );
  });
});

describe('TAG blocks', () => {
  const tag = (body: string) => `\\${checksummed(body).slice(1)}\\`;

  test('are tolerated, kept in the raw line, and give the receive time', () => {
    const line = tag('s:rAUS01,c:1790000000') + type1;
    expect(only(line)).toMatchObject({ timeMs: 1_790_000_000_000, raw: [line] });
    expect(only(tag('c:1790000000123') + type1)).toMatchObject({ timeMs: 1_790_000_000_123 });
  });

  test('a damaged one costs the time only', () => {
    const report = only(`\\s:rAUS01,c:1790000000*00\\${type1}`);
    expect(report).toMatchObject({ mmsi: 366053209 });
    expect(report).not.toHaveProperty('timeMs');
    expect(reasons(`\\s:rAUS01${type1}`)).toEqual([[1, 'NOT_NMEA']]);
  });
});

describe('multi-sentence messages', () => {
  const [first, second] = type5 as [string, string];
  const relabel = (line: string, sequence: string, channel: string) =>
    checksummed(line.slice(1, -3).replace(/,1,A,/, `,${sequence},${channel},`));

  test('interleave by sequence id and channel, in any order', () => {
    const text = [
      first,
      relabel(first, '2', 'A'),
      relabel(second, '1', 'B'),
      type1,
      relabel(second, '2', 'A'),
      relabel(first, '1', 'B'),
      second,
    ].join('\r\n');
    const { reports, skipped } = readAis(text);
    expect(skipped).toEqual([]);
    expect(reports.map(({ line, messageType }) => [line, messageType])).toEqual([
      [4, 1],
      [2, 5],
      [3, 5],
      [1, 5],
    ]);
    expect(reports.filter(({ name }) => name === 'EVER DIADEM')).toHaveLength(3);
  });

  test('without their other sentences are given up: at the end, on reuse, after a while', () => {
    expect(reasons(first)).toEqual([[1, 'INCOMPLETE_MULTIPART']]);
    expect(reasons([first, first, second].join('\n'))).toEqual([[1, 'INCOMPLETE_MULTIPART']]);
    const late = [first, ...new Array<string>(150).fill(type1), second].join('\n');
    expect(reasons(late)).toEqual([
      [1, 'INCOMPLETE_MULTIPART'],
      [152, 'INCOMPLETE_MULTIPART'],
    ]);
  });

  test('fill bits before the last sentence are refused', () => {
    const filled = checksummed(first.slice(1, -3).replace(/,0$/, ',2'));
    expect(reasons([filled, second].join('\n'))).toEqual([
      [1, 'BAD_PAYLOAD'],
      [2, 'BAD_PAYLOAD'],
    ]);
  });
});

describe('lines that give no report', () => {
  test.each([
    ['', 'NOT_AIS'],
    ['# a comment', 'NOT_AIS'],
    ['$GPGGA,092725.00,4717.11399,N,00833.91590,E,1,8,1.01,499.6,M,48.0,M,,0*5B', 'NOT_AIS'],
    ['!ABCDE,1*00', 'NOT_AIS'],
    ['hello', 'NOT_NMEA'],
    ['\u0000\uffff', 'NOT_NMEA'],
    [type1.replace('*5C', '*5D'), 'BAD_CHECKSUM'],
    [type1.replace('*5C', '*5Cx'), 'BAD_CHECKSUM'],
    [type1.replace('15M', '16M'), 'BAD_CHECKSUM'],
    [type1.slice(0, 30), 'TRUNCATED'],
    [type1.slice(0, -1), 'TRUNCATED'],
    [checksummed('AIVDM,1,1,,A,15M67F,0'), 'TRUNCATED'],
    [checksummed('AIVDM,1,1,,A,H42O55lt0000000D3nink00,0'), 'TRUNCATED'],
    [checksummed('AIVDM,1,1,,A'), 'BAD_FIELDS'],
    [checksummed('AIVDM,1,2,,A,15M67FC000G?ufbE`FepT@3n00Sa,0'), 'BAD_FIELDS'],
    [checksummed('AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,6'), 'BAD_FIELDS'],
    [checksummed('AIVDM,1,1,,A,,0'), 'EMPTY_PAYLOAD'],
    [checksummed('AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00S~,0'), 'BAD_PAYLOAD'],
    [checksummed('AIVDM,1,1,,A,402u=TiuaA000r5UJ`H4`?7000S:,0'), 'UNSUPPORTED_TYPE'],
    [`!AIVDM,${'1'.repeat(2000)}`, 'LINE_TOO_LONG'],
  ])('%j is skipped: %s', (text, reason) => {
    const { reports, skipped } = readAis(`${type1}\n${text}\n${type18}\n`);
    expect(skipped).toEqual([{ line: 2, reason, text: text.slice(0, 120) }]);
    expect(reports.map(({ line }) => line)).toEqual([1, 3]);
  });

  test('count as sentences only if they are some', () => {
    const bad = type1.replace('*5C', '*5D');
    expect(readAis(['# x', '', bad, type1, 'junk', ...type5].join('\n')).sentences).toBe(4);
  });
});

describe('streams', () => {
  async function* chunked(text: string, size: number): AsyncIterable<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }

  test('give what the whole text gives, however it is cut', async () => {
    const text = [type1, '', ...type5, 'junk', type24A, 'x'.repeat(5000), type18].join('\r\n');
    const whole = readAis(text);
    for (const size of [1, 2, 7, 64, 100_000]) {
      const items = await collect(readAisLines(linesOf(chunked(text, size))));
      expect(items.filter((item) => !isSkipped(item))).toEqual(whole.reports);
      expect(items.filter(isSkipped)).toEqual(whole.skipped);
    }
  });

  test('never hand on more of a line than the reader takes', async () => {
    async function* endless(): AsyncIterable<string> {
      for (let i = 0; i < 2_000; i += 1) yield 'a'.repeat(10_000);
    }
    const lines = await collect(linesOf(endless()));
    expect(lines.map(({ length }) => length)).toEqual([1025]);
  });
});

describe('hostile input', () => {
  const good = [type1, ...type5, type18, type19, type24A, type24B];
  const sixBitAlphabet = Array.from({ length: 64 }, (_, value) =>
    String.fromCharCode(value < 40 ? value + 48 : value + 56),
  );
  const sixBits = fc.string({
    unit: fc.constantFrom(...sixBitAlphabet),
    maxLength: 80,
  });
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.constantFrom(...good),
    fc
      .tuple(fc.constantFrom(...good), fc.nat(80), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
    fc
      .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(9), sixBits)
      .map(([n, k, id, payload]) => checksummed(`AIVDM,${n},${k},${id},A,${payload},0`)),
  );

  test(
    '20,000 lines: none throws, each is accounted for exactly once',
    { timeout: 120_000 },
    () => {
      let lines = 0;
      fc.assert(
        fc.property(fc.array(line, { minLength: 40, maxLength: 40 }), (texts) => {
          const clean = texts.map((text) => text.replaceAll(/[\r\n]/g, ' '));
          const { reports, skipped } = readAis(`${clean.join('\n')}\n`);
          lines += clean.length;
          const raws = reports.flatMap(({ raw }) => raw);
          expect(raws.length + skipped.length).toBe(clean.length);
          for (const raw of raws) expect(clean).toContain(raw);
          for (const { line: at, text } of skipped) expect(clean[at - 1]!.slice(0, 120)).toBe(text);
          for (const { latitude, longitude, mmsi } of reports) {
            expect(mmsi).toBeLessThanOrEqual(999_999_999);
            if (latitude !== undefined) expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
            if (longitude !== undefined) expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
          }
        }),
        { numRuns: 500 },
      );
      expect(lines).toBeGreaterThanOrEqual(20_000);
    },
  );
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

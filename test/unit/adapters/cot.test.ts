import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCot, type CotReport } from '../../../src/adapters/cot/index.js';

interface Parts {
  readonly attributes?: string;
  readonly uid?: string;
  readonly type?: string;
  readonly time?: string;
  readonly stale?: string;
  readonly point?: string;
  readonly detail?: string;
}

function event(parts: Parts = {}): string {
  const {
    uid = 'AUS.FFH-151',
    type = 'a-f-S-C-L-F-F',
    time = '2026-10-01T02:00:00.000Z',
    stale = '2026-10-01T02:05:00.000Z',
    point = 'lat="-12.4634" lon="110.8456" hae="9999999.0" ce="30.5" le="9999999.0"',
    detail = '<contact callsign="ARUNTA"/><remarks>on station</remarks>',
    attributes = `version="2.0" uid="${uid}" type="${type}" how="m-g" time="${time}" start="${time}" stale="${stale}"`,
  } = parts;
  return `<event ${attributes}>\n  <point ${point}/>\n  <detail>${detail}</detail>\n</event>`;
}

const wrap = (...events: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<events>\n${events.join('\n')}\n</events>\n`;

const uids = (text: string) => readCot(text).events.map(({ uid }) => uid);
const reasons = (text: string) => readCot(text).skipped.map(({ reason }) => reason);

describe('an event', () => {
  test('is read with its exact text', () => {
    expect(readCot(event())).toEqual({
      events: [
        {
          index: 0,
          line: 1,
          uid: 'AUS.FFH-151',
          cotType: 'a-f-S-C-L-F-F',
          how: 'm-g',
          timeMs: Date.UTC(2026, 9, 1, 2),
          startMs: Date.UTC(2026, 9, 1, 2),
          staleMs: Date.UTC(2026, 9, 1, 2, 5),
          latitude: -12.4634,
          longitude: 110.8456,
          ce: 30.5,
          callsign: 'ARUNTA',
          remarks: 'on station',
          raw: event(),
        },
      ],
      skipped: [],
    });
  });

  test('keeps height and errors that are known', () => {
    const point = 'lat="1" lon="2" hae="-9.5" ce="0" le="12"';
    expect(readCot(event({ point })).events[0]).toMatchObject({ hae: -9.5, ce: 0, le: 12 });
  });

  test('may have single quotes, no detail, a time zone, and > in a value', () => {
    const text = event({ uid: 'a>b', time: '2026-10-01T09:00:00+07:00' })
      .replaceAll('"', "'")
      .replace(/<detail>.*<\/detail>/s, '');
    expect(readCot(text).events).toMatchObject([
      { uid: 'a>b', timeMs: Date.UTC(2026, 9, 1, 2), raw: text },
    ]);
  });

  test('resolves the entities of XML, character data and comments in remarks', () => {
    const detail =
      '<remarks>a &lt;b&gt; &#x41;<!-- not this --> <![CDATA[<c> & </event>]]></remarks>';
    expect(readCot(event({ detail })).events).toMatchObject([
      { remarks: 'a <b> A <c> & </event>', raw: event({ detail }) },
    ]);
  });
});

describe('a file', () => {
  const three = ['A', 'B', 'C'].map((uid) => event({ uid }));

  test('may wrap events, follow documents one by one, or mix both', () => {
    const declared = three.map((text) => `<?xml version="1.0"?>\n${text}`);
    expect(uids(wrap(...three))).toEqual(['A', 'B', 'C']);
    expect(uids(declared.join('\n'))).toEqual(['A', 'B', 'C']);
    expect(uids(three.join(''))).toEqual(['A', 'B', 'C']);
    expect(uids(`\ufeff${wrap(three[0]!)}${three[1]!}\n<!-- ${three[2]!} -->`)).toEqual(['A', 'B']);
    for (const text of [wrap(...three), declared.join('\n')]) expect(reasons(text)).toEqual([]);
  });

  test('gives places and lines, with CRLF too', () => {
    const text = wrap(three[0]!, 'oops', three[1]!);
    const places = ({ events, skipped }: ReturnType<typeof readCot>) =>
      [...events, ...skipped].map(({ index, line }) => [index, line]);
    expect(places(readCot(text))).toEqual([
      [0, 3],
      [2, 8],
      [1, 7],
    ]);
    expect(places(readCot(text.replaceAll('\n', '\r\n')))).toEqual([
      [0, 3],
      [2, 8],
      [1, 7],
    ]);
  });

  test('may be empty', () => {
    for (const text of ['', ' \n', '<events/>', wrap()]) {
      expect(readCot(text)).toEqual({ events: [], skipped: [] });
    }
  });
});

describe('a malformed event', () => {
  const [before, after] = [event({ uid: 'before' }), event({ uid: 'after' })];

  test.each([
    ['stray text', 'NOT_COT'],
    ['</event>', 'NOT_COT'],
    ['<track/>', 'NOT_COT'],
    [event().replace('</event>', ''), 'UNCLOSED'],
    ['<event', 'UNCLOSED'],
    [event().replace('</detail>', ''), 'BAD_XML'],
    [event({ detail: '&unknown;' }), 'BAD_XML'],
    [event({ detail: '<_parent><_parent/></_parent>' }), 'BAD_XML'],
    [event({ uid: 'a" b' }), 'BAD_XML'],
    ['<event/>', 'BAD_SCHEMA'],
    [event({ uid: '' }), 'BAD_SCHEMA'],
    [event({ point: 'lat="1" lon="2"' }), 'BAD_SCHEMA'],
    [event().replace(/<point.*\/>/, ''), 'BAD_SCHEMA'],
    [event({ type: 'friendly frigate' }), 'BAD_TYPE'],
    [event({ time: 'yesterday' }), 'BAD_TIME'],
    [event({ time: '2026-13-01T00:00:00Z' }), 'BAD_TIME'],
    [event({ time: '2026-10-01T02:00:00' }), 'BAD_TIME'],
    [event({ stale: '2026-10-01T01:00:00Z' }), 'BAD_TIME'],
    [event({ point: 'lat="91" lon="0" hae="0" ce="0" le="0"' }), 'BAD_POINT'],
    [event({ point: 'lat="north" lon="0" hae="0" ce="0" le="0"' }), 'BAD_POINT'],
    [event({ point: 'lat="" lon="0" hae="0" ce="0" le="0"' }), 'BAD_POINT'],
    [event({ detail: `<remarks>${'x'.repeat(65_536)}</remarks>` }), 'EVENT_TOO_LONG'],
    [event({ detail: `<remarks>${'\u20ac'.repeat(22_000)}</remarks>` }), 'EVENT_TOO_LONG'],
  ])('no. %# costs only itself', (text, reason) => {
    const { events, skipped } = readCot(wrap(before, text, after));
    expect(events.map(({ uid }) => uid)).toEqual(['before', 'after']);
    expect(skipped).toEqual([
      { index: 1, line: 7, reason, text: expect.stringContaining(text.slice(0, 100)) },
    ]);
    expect(skipped[0]!.text.length).toBeLessThanOrEqual(120);
  });

  test('cannot reach the prototype of objects', () => {
    const detail =
      '<__proto__ polluted="1"><constructor><prototype polluted="1"/></constructor></__proto__>';
    readCot(event({ detail }));
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('a document type', () => {
  test.each([
    '<!DOCTYPE event [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    '<!doctype x>',
    '<!DOCTYPE',
  ])('%s refuses the whole file, wherever it stands', (doctype) => {
    const external = event({ detail: '<remarks>&x;</remarks>' });
    for (const text of [doctype + external, event() + doctype, event({ detail: doctype })]) {
      expect(readCot(text).events).toEqual([]);
      expect(reasons(text)).toEqual(['DOCTYPE']);
    }
  });

  test('is none inside a comment or character data', () => {
    const detail = '<!-- <!DOCTYPE x> --><remarks><![CDATA[<!DOCTYPE x>]]></remarks>';
    expect(readCot(event({ detail })).events).toMatchObject([{ remarks: '<!DOCTYPE x>' }]);
  });
});

describe('hostile input', () => {
  const shard = fc.constantFrom(
    '<event',
    '</event>',
    '<events>',
    '</events>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<',
    '>',
    '/>',
    '"',
    "'",
    '&',
    '&amp;',
    '&#0;',
    ' uid="x"',
    '\n',
    '\u0000',
    '<point ',
    '<!DOCTYPE',
  );
  const mutated = fc
    .tuple(fc.nat(400), fc.nat(12), fc.oneof(shard, fc.string({ unit: 'binary', maxLength: 6 })))
    .map(([at, cut, put]) => event().slice(0, at) + put + event().slice(at + cut));
  const piece = fc.oneof(mutated, fc.constant(event()), shard, fc.string({ unit: 'binary' }));

  test(
    '20,000 pieces: none throws, every event is a stretch of the text',
    { timeout: 120_000 },
    () => {
      fc.assert(
        fc.property(fc.array(piece, { minLength: 20, maxLength: 20 }), (pieces) => {
          const text = pieces.join('\n');
          const { events, skipped } = readCot(text);
          const all = [...events, ...skipped].sort((a, b) => a.index - b.index);
          expect(all.map(({ index }) => index)).toEqual(all.map((_, i) => i));
          const lines = all.map(({ line }) => line);
          expect(lines).toEqual([...lines].sort((a, b) => a - b));
          for (const report of events) expectSound(report, text);
        }),
        { numRuns: 1_000 },
      );
    },
  );

  test.each(['<!--', '<![CDATA[', '<event ', '<event "', '<event><!--', '<a>', '<events "', '&'])(
    'a million of %j take no more than linear time',
    (text) => {
      expect(readCot(text.repeat(1_000_000)).events).toEqual([]);
    },
  );
});

function expectSound(report: CotReport, text: string): void {
  expect(text).toContain(report.raw);
  expect(report.uid).not.toBe('');
  expect(Math.abs(report.latitude)).toBeLessThanOrEqual(90);
  expect(Math.abs(report.longitude)).toBeLessThanOrEqual(180);
  expect(report.staleMs).toBeGreaterThanOrEqual(report.startMs);
  const lineStart = text
    .split('\n')
    .slice(0, report.line - 1)
    .join('\n').length;
  expect(text.indexOf(report.raw, lineStart)).toBeGreaterThanOrEqual(lineStart);
}

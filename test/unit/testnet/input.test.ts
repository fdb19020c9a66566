import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtFeed } from '../../../testnet/feed.js';
import { startOptions } from '../../../testnet/options.js';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'entente-input-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function fileOf(name: string, text: string): string {
  const file = join(dir, name);
  writeFileSync(file, text);
  return file;
}

const AIS = '!AIVDM,1,1,,A,177<L?P02?86aFcr:MWV9Dsp0000,0*05\n';
const COT = `<event version="2.0" uid="T-1" type="a-f-S" how="m-g" time="2026-10-15T00:00:00Z"
  start="2026-10-15T00:00:00Z" stale="2026-10-15T00:15:00Z"><point lat="1" lon="2" hae="0" ce="1" le="1"/></event>`;

describe('an input file', () => {
  it('is AIS by what it holds, whatever its name', () => {
    expect(lookAtFeed(fileOf('a.xml', AIS))).toMatchObject({ format: 'ais', reports: 1 });
  });

  it('is CoT by what it holds', () => {
    expect(lookAtFeed(fileOf('a.txt', COT))).toMatchObject({ format: 'cot', objects: ['T-1'] });
  });

  it('is refused by name when it is missing, empty or holds no report', () => {
    const refusals: readonly (readonly [string, string])[] = [
      [join(dir, 'none.nmea'), 'INPUT_MISSING'],
      [dir, 'INPUT_MISSING'],
      [fileOf('empty.nmea', ' \n'), 'INPUT_EMPTY'],
      [fileOf('prose.nmea', 'no report at all\n'), 'INPUT_UNUSABLE'],
      [fileOf('broken.cot', '<events><event uid="x"'), 'INPUT_UNUSABLE'],
    ];
    for (const [file, code] of refusals) {
      expect(() => lookAtFeed(file), file).toThrow(expect.objectContaining({ code, exitCode: 2 }));
    }
  });
});

describe('the options of a start', () => {
  it('have defaults', () => {
    expect(startOptions([])).toEqual({
      once: false,
      json: false,
      input: undefined,
      seed: 1,
      dir: '.testnet',
      keep: false,
      help: false,
    });
  });

  it.each([['--sed', '4'], ['--seed', 'x'], ['--seed', '-1'], ['extra'], ['--input']])(
    'refuse %s %s',
    (...args) => {
      expect(() => startOptions(args)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { start } from './processes.js';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'entente-bad-'));
  writeFileSync(join(dir, 'empty.nmea'), '');
  writeFileSync(join(dir, 'prose.nmea'), 'There is no report in here.\n');
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('a start with bad input', () => {
  it.each([
    ['none.nmea', 'INPUT_MISSING'],
    ['empty.nmea', 'INPUT_EMPTY'],
    ['prose.nmea', 'INPUT_UNUSABLE'],
  ])('names what is wrong with %s and starts nothing', async (name, code) => {
    const net = join(dir, 'net');
    const run = start('--once', '--json', '--dir', net, '--input', join(dir, name));
    expect(await run.ended).toBe(2);
    expect(run.stderr).toContain(code);
    expect(run.stderr).toContain(name);
    expect(readdirSync(dir)).not.toContain('net');
  });

  it('names an unknown option', async () => {
    const run = start('--onec');
    expect(await run.ended).toBe(2);
    expect(run.stderr).toContain('USAGE');
  });
});

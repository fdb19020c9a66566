import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../testnet/scenario/result.js';
import { entente, processesWith, ROOT, start } from './processes.js';

const RUN_MS = 240_000;

/** Another vessel than the example's: an AIVDM position report of this MMSI. */
const MMSI = '503999123';

/** Sentences of one vessel, in the real format: type 1, then its checksum. */
function aivdm(mmsi: string, count: number): string {
  const field = (value: number, bits: number): string =>
    (value < 0 ? value + 2 ** bits : value).toString(2).padStart(bits, '0');
  const lines = Array.from({ length: count }, (_, i) => {
    const bits =
      field(1, 6) +
      field(0, 2) +
      field(Number(mmsi), 30) +
      field(0, 4) +
      field(0, 8) +
      field(120, 10) +
      field(1, 1) +
      field(Math.round((112 + i / 100) * 600_000), 28) +
      field(Math.round(-12 * 600_000), 27) +
      field(900, 12) +
      field(90, 9) +
      field(i, 6) +
      field(0, 25);
    const payload = (bits.match(/.{6}/g) ?? [])
      .map((six) => Number.parseInt(six, 2))
      .map((value) => String.fromCharCode(value < 40 ? value + 48 : value + 56))
      .join('');
    const body = `AIVDM,1,1,,A,${payload},0`;
    const sum = Buffer.from(body).reduce((all, byte) => all ^ byte, 0);
    return `!${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `${lines.join('\n')}\n`;
}

describe('the reference scenario on real processes', () => {
  let dir = '';
  let net = '';
  let code = -1;
  let result: Result;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'entente-e2e-'));
    net = join(dir, 'net');
    const input = join(dir, 'mine.nmea');
    writeFileSync(input, aivdm(MMSI, 20));
    const args = ['--once', '--json', '--keep', '--dir', net, '--seed', '7', '--input', input];
    const run = start(...args);
    code = await run.ended;
    try {
      result = run.result as Result;
    } catch {
      throw new Error(`no result; stderr:\n${run.stderr}`);
    }
    if (!result.ok) process.stderr.write(run.stderr);
  }, RUN_MS);
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('ends as it has to', () => {
    expect(result.assertions.filter(({ ok }) => !ok)).toEqual([]);
    expect(result.ok).toBe(true);
    expect(code).toBe(0);
    expect(Object.keys(result)).toEqual(['ok', 'seed', 'nations', 'settlements', 'assertions']);
    expect(result.seed).toBe(7);
  });

  it('ran six processes, which report the same settlements', () => {
    const nations = Object.values(result.nations);
    expect(new Set(nations.map(({ pid }) => pid)).size).toBe(6);
    const ids = result.settlements.map(({ id }) => id);
    expect(ids.length).toBeGreaterThanOrEqual(4);
    for (const nation of nations) expect(nation.settlements).toEqual(ids);
    expect(result.nations.JPN.withheld).toBeGreaterThan(0);
  });

  it('settled with the consent of whose data is used, and votes of three or four', () => {
    const [decision, tasking] = result.settlements;
    expect(decision).toMatchObject({ kind: 'decision' });
    expect([...(decision?.approvals ?? [])].sort()).toEqual(['AUS', 'GBR', 'USA']);
    expect(tasking).toMatchObject({ kind: 'tasking' });
    expect([...(tasking?.approvals ?? [])].sort()).toEqual(['AUS', 'JPN']);
    for (const { signers } of result.settlements) expect(signers.length).toBeGreaterThanOrEqual(3);
  });

  it("shows the input's vessel in the lineage", () => {
    const shown = result.assertions.find(
      ({ name }) => name.includes('lineage') && name.includes('input'),
    );
    expect(shown).toMatchObject({ ok: true });
    expect(shown?.detail).toContain(MMSI);
  });

  it('left proofs that verify offline, and under another root do not', async () => {
    for (const nation of ['JPN', 'CAN']) {
      const exports = join(net, nation, 'home/exports');
      const files = readdirSync(exports);
      expect(files).toHaveLength(result.settlements.length);
      const file = join(exports, files[0] ?? '');
      expect(await entente('settle', 'verify', file)).toMatchObject({ code: 0 });
      const root = join(net, 'NZL/home/roots/NZL.cred');
      expect([3, 4]).toContain((await entente('settle', 'verify', file, '--root', root)).code);
      const altered = join(dir, `altered-${nation}.cbor`);
      const bytes = readFileSync(file);
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(altered, bytes);
      const home = join(net, nation, 'home');
      const answer = await entente('settle', 'verify', altered, '--home', home);
      expect([2, 3, 4]).toContain(answer.code);
    }
  });

  it('left no process and no lock', () => {
    expect(processesWith(net)).toEqual([]);
    expect(existsSync(join(net, 'launcher.lock'))).toBe(false);
    expect(existsSync(join(ROOT, 'dist/testnet/start.js'))).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import type { Seen } from '../../../scripts/bench/gossip-verbs.js';
import { deliveriesOf } from '../../../scripts/bench/deliveries.js';
import { readOptions } from '../../../scripts/bench/options.js';
import { readRecords, writeRecords } from '../../../scripts/bench/records.js';
import { rowOf, tableOf } from '../../../scripts/bench/report.js';

describe('a row of a report', () => {
  const base = { params: { nodes: 4 }, metric: 'settle p50', unit: 'ms' };

  it('is the median over the runs, with the least and the greatest', () => {
    const row = rowOf({ ...base, perRun: [5, 1, 3] });
    expect(row).toEqual({ ...base, value: 3, spread: { min: 1, max: 5 } });
  });

  it('states whether the target is met, in its direction', () => {
    expect(rowOf({ ...base, perRun: [3], target: { atMost: 4 } }).ok).toBe(true);
    expect(rowOf({ ...base, perRun: [5], target: { atMost: 4 } }).ok).toBe(false);
    expect(rowOf({ ...base, perRun: [5], target: { atLeast: 5 } }).ok).toBe(true);
    expect(rowOf({ ...base, perRun: [4], target: { atLeast: 5 } }).ok).toBe(false);
  });

  it('takes the ratio within each run, not between medians', () => {
    const row = rowOf({ ...base, perRun: [10, 2, 30], yardstick: [10, 1, 10] });
    expect(row.ratio).toBe(2);
  });

  it('is shown with its target and without numbers that only look exact', () => {
    const report = {
      bench: 'settle-latency',
      machine: { cpus: 2, model: 'a processor', node: '20.20.0', load: [1, 2, 3] },
      commit: 'abc',
      node: '20.20.0',
      runs: 1,
      rows: [rowOf({ ...base, perRun: [3.14159265], target: { atMost: 4 } })],
    };
    const lines = tableOf(report).split('\n');
    expect(lines[0]).toBe('settle-latency: 1 runs at abc');
    expect(lines[3]).toMatch(/^nodes=4 +settle p50 +3\.142 ms +3\.142 \.\. 3\.142 +<= 4 +met$/);
  });
});

describe('the command line of a bench', () => {
  it('reads name, size, runs and nodes', () => {
    expect(readOptions(['admit', '--json', '--size', '10', '--runs', '2'])).toEqual({
      bench: 'admit',
      json: true,
      size: 10,
      runs: 2,
      nodes: 4,
    });
  });

  it('refuses unknown names, options and numbers', () => {
    for (const args of [
      [],
      ['nothing'],
      ['admit', 'gossip'],
      ['admit', '--runs', '0'],
      ['admit', '--size', 'x'],
      ['admit', '--nodes', '5'],
      ['admit', '--fast'],
    ]) {
      expect(() => readOptions(args)).toThrow();
    }
  });
});

describe('a file of records', () => {
  it('gives back what was written, empty records included', () => {
    const records = [Uint8Array.of(1, 2), new Uint8Array(), new Uint8Array(300).fill(9)];
    expect(readRecords(writeRecords(records))).toEqual(records);
  });

  it('refuses a file that is cut off', () => {
    const file = writeRecords([Uint8Array.of(1, 2, 3)]);
    expect(() => readRecords(file.subarray(0, 2))).toThrow(RangeError);
    expect(() => readRecords(file.subarray(0, 5))).toThrow(RangeError);
  });
});

describe('deliveries of messages', () => {
  const seen = (index: number, ms: number, carrier: Seen['carrier'] = 'entente'): Seen => ({
    carrier,
    index,
    atNs: BigInt(ms) * 1_000_000n,
  });

  it('counts and times what came to the others, for one carrier', () => {
    const notes = [
      [seen(0, 10), seen(1, 27), seen(0, 1, 'bare')],
      [seen(0, 13), seen(1, 20)],
      [seen(0, 15)],
    ];
    const found = deliveriesOf(notes, 'entente', [0, 1]);
    expect(found.ratio).toBe(0.75);
    expect([...found.ms].sort((a, b) => a - b)).toEqual([3, 5, 7]);
  });

  it('counts a message that was never sent as undelivered', () => {
    expect(deliveriesOf([[], [], []], 'bare', [0]).ratio).toBe(0);
  });
});

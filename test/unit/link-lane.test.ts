import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Flow, Lane, type Sink } from '../../testnet/link/lane.js';
import type { LinkShape } from '../../testnet/link/shape.js';
import { seededChance } from '../../testnet/seeded-chance.js';
import { ManualLinkClock } from '../support/manual-link-clock.js';

/** A lane alone, with a far end that only remembers. */
function bench(seed: number, shape: Partial<LinkShape>) {
  const clock = new ManualLinkClock();
  const log: string[] = [];
  const sink = (name: string): Sink => ({
    writableNeedDrain: false,
    write: (bytes) => log.push(`${clock.now()} ${name} ${Buffer.from(bytes).toString()}`) > 0,
    end: () => log.push(`${clock.now()} ${name} end`),
    resetAndDestroy: () => undefined,
  });
  const lane = new Lane({
    clock,
    chance: seededChance(seed),
    onCrossed: () => undefined,
    onRoom: () => undefined,
  });
  lane.setShape(shape);
  const flows = ['a', 'b'].map((name, id) => {
    const flow = new Flow(id);
    flow.sink = sink(name);
    return flow;
  });
  return { clock, lane, flows, log };
}

describe('jitter', () => {
  const run = (seed: number, delays: readonly number[]): string[] => {
    const { clock, lane, flows, log } = bench(seed, { delayMs: 20, jitterMs: 100 });
    delays.forEach((delay, i) => {
      lane.push(flows[i % 2]!, Buffer.from(`<${i}>`));
      clock.advance(delay);
    });
    for (const flow of flows) lane.push(flow, 'end');
    clock.advance(1_000);
    return log;
  };

  test('keeps the order of each connection and comes again from the same seed', () => {
    const delays = fc.array(fc.nat(30), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.integer(), delays, (seed, waits) => {
        const log = run(seed, waits);
        expect(run(seed, waits)).toEqual(log);
        for (const [parity, name] of ['a', 'b'].entries()) {
          const sent = waits.map((_, i) => i).filter((i) => i % 2 === parity);
          const got = log
            .filter((entry) => entry.includes(` ${name} `))
            .map((e) => e.split(' ')[2]);
          expect(got).toEqual([...sent.map((i) => `<${i}>`), 'end']);
        }
      }),
    );
  });

  test('differs from seed to seed', () => {
    const delays = new Array<number>(20).fill(5);
    expect(run(1, delays)).not.toEqual(run(2, delays));
  });
});

describe('a lane under any schedule', () => {
  const action = fc.oneof(
    fc.record({
      kind: fc.constant('push' as const),
      flow: fc.constantFrom(0 as const, 1 as const),
      size: fc.nat(9_000),
    }),
    fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(2_000) }),
    fc.constantFrom({ kind: 'cut' as const }, { kind: 'restore' as const }),
    fc.record({ kind: fc.constant('rate' as const), rate: fc.constantFrom(0, 1_200, 125_000) }),
  );

  test('loses no byte, lets none cross a cut, and keeps order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { clock, lane, flows, log } = bench(7, { delayMs: 30, bytesPerSecond: 8_000 });
        const sent: [string, string] = ['', ''];
        for (const [step, next] of actions.entries()) {
          const before = lane.counters();
          if (next.kind === 'push') {
            const text = String.fromCharCode(33 + (step % 90)).repeat(next.size);
            sent[next.flow] += text;
            lane.push(flows[next.flow]!, Buffer.from(text));
          } else if (next.kind === 'advance') clock.advance(next.ms);
          else if (next.kind === 'cut') lane.cut();
          else if (next.kind === 'restore') lane.restore();
          else lane.setShape({ bytesPerSecond: next.rate });
          if (lane.isCut) expect(lane.counters().bytes).toBe(before.bytes);
          const { bytes, held } = lane.counters();
          expect(bytes + held).toBe(sent.join('').length);
        }
        lane.restore();
        clock.advance(10_000_000);
        ['a', 'b'].forEach((name, i) => {
          const mine = log.filter((entry) => entry.includes(` ${name} `));
          expect(mine.map((entry) => entry.split(' ')[2]).join('')).toBe(sent[i]);
        });
        expect(clock.armed).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});

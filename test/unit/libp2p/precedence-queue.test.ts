import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrecedenceQueue } from '../../../src/adapters/libp2p/precedence-queue.js';
import type { Precedence } from '../../../src/domain/event.js';
import { PRECEDENCES } from '../../../src/domain/event.js';

function frame(precedence: Precedence, size: number): Uint8Array {
  return new Uint8Array(size).fill(PRECEDENCES.indexOf(precedence));
}

function classOf(bytes: Uint8Array): Precedence {
  return PRECEDENCES[bytes[0]!]!;
}

describe('precedence queue', () => {
  it('sends a higher class first, and each class in order', () => {
    const queue = new PrecedenceQueue(1_000_000);
    for (const name of PRECEDENCES) queue.push(name, frame(name, 10));
    const order = PRECEDENCES.map(() => classOf(queue.take()!));
    expect(order).toEqual(['flash', 'immediate', 'priority', 'routine']);
    expect(queue.take()).toBeUndefined();
  });

  it('keeps a tenth of the bytes for waiting lower classes, never two in a row', () => {
    const queue = new PrecedenceQueue(10_000_000);
    for (let n = 0; n < 1000; n++) {
      queue.push('flash', frame('flash', 100));
      queue.push('routine', frame('routine', 100));
    }
    const sent = Array.from({ length: 500 }, () => classOf(queue.take()!));
    const routine = sent.filter((name) => name === 'routine').length;
    expect(routine).toBeGreaterThanOrEqual(49);
    expect(routine).toBeLessThanOrEqual(51);
    expect(sent.some((name, i) => name === 'routine' && sent[i + 1] === 'routine')).toBe(false);
  });

  it('refuses what is over the bound of its class, and only of that', () => {
    const queue = new PrecedenceQueue(100);
    expect(queue.push('routine', frame('routine', 100))).toBe(true);
    expect(queue.push('routine', frame('routine', 1))).toBe(false);
    expect(queue.push('flash', frame('flash', 1))).toBe(true);
    queue.take();
    queue.take();
    expect(queue.push('routine', frame('routine', 100))).toBe(true);
  });

  it('loses nothing, reorders nothing within a class and shows what it takes', () => {
    const item = fc.record({
      name: fc.constantFrom(...PRECEDENCES),
      size: fc.integer({ min: 1, max: 50 }),
      take: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), (items) => {
        const queue = new PrecedenceQueue(1_000_000);
        const pushed: Uint8Array[] = [];
        const taken: Uint8Array[] = [];
        const take = (): void => {
          const shown = queue.peek();
          const got = queue.take();
          expect(got).toBe(shown);
          if (got !== undefined) taken.push(got);
        };
        for (const { name, size, take: now } of items) {
          const bytes = frame(name, size);
          pushed.push(bytes);
          queue.push(name, bytes);
          if (now) take();
        }
        while (queue.peek() !== undefined) take();
        expect(queue.bytesQueued).toBe(0);
        for (const name of PRECEDENCES) {
          const of = (list: Uint8Array[]) => list.filter((bytes) => classOf(bytes) === name);
          expect(of(taken)).toEqual(of(pushed));
        }
      }),
    );
  });
});

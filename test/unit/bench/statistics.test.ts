import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile, spreadOf } from '../../../scripts/bench/statistics.js';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });

describe('statistics of a bench', () => {
  it('takes the middle value, or the middle of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('interpolates between the two nearest values', () => {
    const hundred = Array.from({ length: 101 }, (_, i) => i);
    expect(quantile(hundred, 0.99)).toBeCloseTo(99, 9);
    expect(quantile([0, 10], 0.25)).toBeCloseTo(2.5, 9);
  });

  it('stays inside the values, rises with the share, and leaves its input as it is', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const before = [...all];
        const { min, max } = spreadOf(all);
        const value = quantile(all, share);
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max + Math.abs(max) * 1e-9);
        expect(all).toEqual(before);
      }),
    );
  });

  it('refuses what has no answer', () => {
    expect(() => median([])).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });
});

import type { Connection } from '@libp2p/interface';
import { describe, expect, it } from 'vitest';
import { duplicateRule } from '../../../src/adapters/libp2p/pairing.js';

/** One connection as both its ends see it. */
function pair(id: string, dialler: 'low' | 'high'): Record<'low' | 'high', Connection> {
  const end = (name: 'low' | 'high') =>
    ({ id, direction: name === dialler ? 'outbound' : 'inbound' }) as Connection;
  return { low: end('low'), high: end('high') };
}

describe('two connections of one pair', () => {
  it('leaves the one that the lower PeerId dialled, whichever came first', () => {
    const byLow = pair('by-low', 'low');
    const byHigh = pair('by-high', 'high');
    for (const [older, newer] of [
      [byLow, byHigh],
      [byHigh, byLow],
    ] as const) {
      expect(duplicateRule(older.low, newer.low, true)).toEqual({ kind: 'await-peer' });
      const rule = duplicateRule(older.high, newer.high, false);
      expect(rule).toEqual({ kind: 'close', connection: byHigh.high });
    }
  });

  it('gives up the older one when its dialler dials again, and never both', () => {
    const [older, newer] = [pair('older', 'high'), pair('newer', 'high')];
    const atListener = duplicateRule(older.low, newer.low, true);
    expect(atListener).toEqual({ kind: 'close', connection: older.low });
    // A dialler that still holds the older one does not need the newer.
    const atDialler = duplicateRule(older.high, newer.high, false);
    expect(atDialler).toEqual({ kind: 'close', connection: newer.high });
  });
});

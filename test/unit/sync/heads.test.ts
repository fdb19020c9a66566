import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { LogHead } from '../../../src/core/sync/index.js';
import { compareHeads } from '../../../src/core/sync/index.js';

const [GBR, USA, FRA] = ['GBR', 'USA', 'FRA'].map(nation) as [
  LogHead['nation'],
  LogHead['nation'],
  LogHead['nation'],
];
const who = { own: GBR, peer: USA };

function head(of: LogHead['nation'], size: number, root = 'a', logNumber = 0): LogHead {
  return { nation: of, logNumber, size, root: root.repeat(64) as Digest };
}

describe('compareHeads', () => {
  it('wants what a neighbour has more of, log by log in order', () => {
    const own = [head(GBR, 5), head(USA, 3)];
    const theirs = [head(USA, 7), head(GBR, 2), head(FRA, 4)];
    expect(compareHeads(own, theirs, who)).toEqual({
      wants: [
        { nation: FRA, logNumber: 0, from: 0, to: 4 },
        { nation: USA, logNumber: 0, from: 3, to: 7 },
      ],
      alarms: [],
    });
  });

  it('is silent when both have the same, or the neighbour has less', () => {
    const own = [head(GBR, 5), head(USA, 3), head(FRA, 9)];
    const theirs = [head(GBR, 5), head(USA, 3), head(FRA, 2)];
    expect(compareHeads(own, theirs, who)).toEqual({ wants: [], alarms: [] });
  });

  it('raises an alarm for two roots, a rollback, an old own disk and a new log', () => {
    const own = [head(GBR, 5), head(USA, 6), head(FRA, 4)];
    const alarm = (theirs: LogHead) => compareHeads(own, [theirs], who).alarms;
    expect(alarm(head(FRA, 4, 'b'))).toMatchObject([{ kind: 'conflict', nation: FRA, size: 4 }]);
    expect(alarm(head(GBR, 5, 'b'))).toMatchObject([{ kind: 'conflict', nation: GBR }]);
    expect(alarm(head(USA, 2))).toEqual([{ kind: 'owner-behind', nation: USA, held: 6, size: 2 }]);
    expect(alarm(head(GBR, 8))).toEqual([{ kind: 'own-log-behind', own: 5, size: 8 }]);
    expect(alarm(head(FRA, 9, 'a', 1))).toEqual([
      { kind: 'other-log', nation: FRA, own: 0, theirs: 1 },
    ]);
  });
});

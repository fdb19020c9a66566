import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Lineage, LineageNode } from '../../../src/domain/lineage.js';
import { TestnetFailure } from '../../../testnet/failure.js';
import { findCanary } from '../../../testnet/scenario/canary.js';
import { lineageFaults } from '../../../testnet/scenario/lineage-view.js';
import { resultOf } from '../../../testnet/scenario/result.js';
import { until } from '../../../testnet/wait.js';

const id = (digit: string): string => digit.repeat(64);

function lineage(nodes: readonly unknown[]): Lineage {
  return { root: id('0'), nodes: nodes as readonly LineageNode[], edges: [], grade: 'A' };
}

const settled = {
  kind: 'settlement',
  id: id('5'),
  settlement: 'decision',
  height: 1,
  approvals: ['USA', 'AUS'],
};
const cue = { kind: 'event', id: id('1'), opened: true, nation: 'GBR', summary: 's' };
const byUsa = { kind: 'withheld', id: 'w', by: 'USA', part: 'input' };
const need = {
  shown: [id('1')],
  hidden: [id('2')],
  withheld: ['input:USA'],
  settlement: id('5'),
  approvals: ['AUS', 'USA'],
};

describe('what a reader is to see of a decision', () => {
  it('finds nothing wrong with a lineage as it has to be', () => {
    expect(lineageFaults(lineage([settled, cue, byUsa]), need)).toEqual([]);
  });

  const wrong: readonly (readonly [string, readonly unknown[]])[] = [
    ['an input is missing', [settled, byUsa]],
    ['an input is not opened', [settled, { ...cue, opened: false }, byUsa]],
    ['a hidden id stands in a summary', [settled, { ...cue, summary: id('2') }, byUsa]],
    ['nothing is withheld', [settled, cue]],
    ['another nation withholds', [settled, cue, { ...byUsa, by: 'GBR' }]],
    ['the settlement is missing', [cue, byUsa]],
    ['an approval is missing', [{ ...settled, approvals: ['AUS'] }, cue, byUsa]],
  ];
  it.each(wrong)('tells when %s', (_what, nodes) => {
    expect(lineageFaults(lineage(nodes), need)).not.toEqual([]);
  });
});

describe('the search for a canary', () => {
  it('finds it as text, in hex and in base64 at any offset, and only where it is', () => {
    const dir = mkdtempSync(join(tmpdir(), 'entente-canary-'));
    try {
      const canary = 'canary-0123456789abcdef0123456789abcdef';
      const texts = [
        `x${canary}y`,
        Buffer.from(canary).toString('hex'),
        ...[0, 1, 2].map((n) => Buffer.from(`${'.'.repeat(n)}${canary}..`).toString('base64')),
      ];
      texts.forEach((text, i) => writeFileSync(join(dir, `with-${String(i)}`), text));
      writeFileSync(join(dir, 'without'), canary.slice(0, 12));
      const { searched, found } = findCanary(canary, [dir]);
      expect(searched).toBe(texts.length + 1);
      expect(found).toHaveLength(texts.length);
      expect(findCanary(canary, [join(dir, 'without')])).toEqual({ searched: 1, found: [] });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('the result of a run', () => {
  it('is never ok while a nation is missing', () => {
    const result = resultOf(1, new Map(), [{ name: 'a', ok: true, detail: '' }]);
    expect(result.ok).toBe(false);
    expect(result.nations.JPN.pid).toBeNull();
  });
});

describe('a wait', () => {
  const signal = new AbortController().signal;

  it('answers what was awaited, after refusals that mean "not yet"', async () => {
    let looks = 0;
    const seen = await until({ what: 'w', deadlineMs: 5_000, signal, everyMs: 1 }, async () => {
      looks += 1;
      if (looks < 3) throw new Error('not running');
      return { is: looks };
    });
    expect(seen).toBe(3);
  });

  it('ends at its deadline with what was seen last', async () => {
    const waiting = until({ what: 'peace', deadlineMs: 5, signal, everyMs: 1 }, async () => ({
      notYet: 'still at war',
    }));
    await expect(waiting).rejects.toThrow(/peace.*still at war/);
  });

  it('ends at once with the reason of an abort, and with a failure that no waiting cures', async () => {
    const abort = new AbortController();
    const reason = new TestnetFailure('NODE_DIED', 'JPN is gone');
    const waiting = until({ what: 'w', deadlineMs: 60_000, signal: abort.signal }, async () => {
      abort.abort(reason);
      return { notYet: '' };
    });
    await expect(waiting).rejects.toBe(reason);
    const dying = until({ what: 'w', deadlineMs: 60_000, signal }, () => Promise.reject(reason));
    await expect(dying).rejects.toBe(reason);
  });
});

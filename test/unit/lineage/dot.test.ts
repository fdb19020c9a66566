import { describe, expect, it } from 'vitest';
import { lineageDot } from '../../../src/api/lineage-dot.js';
import type { CoreId, EventId } from '../../../src/domain/ids.js';
import { nation } from '../../../src/domain/ids.js';
import type { Lineage } from '../../../src/domain/lineage.js';

const lineage: Lineage = {
  root: 'c',
  grade: 'C',
  nodes: [
    {
      kind: 'event',
      id: 'e' as EventId,
      type: 'contribution',
      nation: nation('USA'),
      role: 'supporting',
      grade: 'A',
      opened: true,
      summary: 'a "quoted" \\ line',
      timeMs: 1,
    },
    { kind: 'withheld', id: 'w', by: nation('GBR'), part: 'input' },
    { kind: 'withheld', id: 'x', by: null, part: 'outcome' },
    {
      kind: 'settlement',
      id: 'c' as CoreId,
      settlement: 'decision',
      height: 4,
      approvals: [nation('USA')],
    },
  ],
  edges: [{ from: 'e', to: 'c', relation: 'input' }],
};

describe('a lineage as a Graphviz digraph', () => {
  const dot = lineageDot(lineage);

  it('colours by nation, shapes by role and dashes what is withheld', () => {
    expect(dot).toMatch(/"e" \[.*shape=ellipse, style=filled, fillcolor="#f5d28a"\];/);
    expect(dot).toMatch(/"w" \[label="input withheld by GBR", .*style=dashed, color="#9fd3ef"\];/);
    expect(dot).toMatch(/"x" \[label="outcome withheld", .*color="#dddddd"\];/);
    expect(dot).toContain('"e" -> "c" [label="input"];');
    expect(dot).toContain('grade C');
  });

  it('escapes what would end a literal', () => {
    expect(dot).toContain('a \\"quoted\\" \\\\ line');
    expect(dot.startsWith('digraph lineage {')).toBe(true);
  });
});

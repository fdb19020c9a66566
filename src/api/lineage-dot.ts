import type { Lineage, LineageNode } from '../domain/lineage.js';

/** A Graphviz string literal: quotes and backslashes escaped, line breaks as such. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

const SHAPES = { lead: 'box', supporting: 'ellipse', observing: 'diamond' } as const;

function attributes(node: LineageNode): string {
  switch (node.kind) {
    case 'event': {
      const label = `${node.nation} ${node.type}\n${node.summary}\ngrade ${node.grade}`;
      return `label=${quoted(label)}, shape=${SHAPES[node.role]}`;
    }
    case 'withheld': {
      const by = node.by === null ? '' : ` by ${node.by}`;
      return `label=${quoted(`${node.part} withheld${by}`)}, shape=box, style=dashed`;
    }
    case 'settlement': {
      const label = `${node.settlement} settled at height ${String(node.height)}\napproved by ${node.approvals.join(', ')}`;
      return `label=${quoted(label)}, shape=doubleoctagon`;
    }
  }
}

/** A lineage as a Graphviz digraph: colourless, shape by role, withheld nodes dashed. */
export function lineageDot(lineage: Lineage): string {
  const nodes = lineage.nodes.map((node) => `  ${quoted(node.id)} [${attributes(node)}];`);
  const edges = lineage.edges.map(
    ({ from, to, relation }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(relation)}];`,
  );
  const title = `  label=${quoted(`lineage of ${lineage.root}, grade ${lineage.grade}`)};`;
  return ['digraph lineage {', title, ...nodes, ...edges, '}', ''].join('\n');
}

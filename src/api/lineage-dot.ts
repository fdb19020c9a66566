import { compareText } from '../base/bytes.js';
import type { Lineage, LineageNode } from '../domain/lineage.js';

/** A Graphviz string literal: quotes and backslashes escaped, line breaks as such. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

const SHAPES = { lead: 'box', supporting: 'ellipse', observing: 'diamond' } as const;

/** Fill colours that stay apart for colour-blind readers (Okabe and Ito's set, lightened). */
const COLOURS = ['#9fd3ef', '#f5d28a', '#8fd6bd', '#f3aed0', '#f7f2a0', '#e8a07a', '#8fb8d9'];
const NEUTRAL = '#dddddd';

/** One colour for each nation of the lineage, given in the order of their codes. */
function coloursOf(lineage: Lineage): ReadonlyMap<string, string> {
  const nations = lineage.nodes.flatMap((node) => {
    if (node.kind === 'event') return [node.nation];
    return node.kind === 'withheld' && node.by !== null ? [node.by] : [];
  });
  const sorted = [...new Set(nations)].sort(compareText);
  return new Map(sorted.map((nation, i) => [nation, COLOURS[i % COLOURS.length] ?? NEUTRAL]));
}

function attributes(node: LineageNode, colours: ReadonlyMap<string, string>): string {
  switch (node.kind) {
    case 'event': {
      const label = `${node.nation} ${node.type}\n${node.summary}\ngrade ${node.grade}`;
      const fill = quoted(colours.get(node.nation) ?? NEUTRAL);
      return `label=${quoted(label)}, shape=${SHAPES[node.role]}, style=filled, fillcolor=${fill}`;
    }
    case 'withheld': {
      const by = node.by === null ? '' : ` by ${node.by}`;
      const color = quoted((node.by === null ? undefined : colours.get(node.by)) ?? NEUTRAL);
      return `label=${quoted(`${node.part} withheld${by}`)}, shape=box, style=dashed, color=${color}`;
    }
    case 'settlement': {
      const label = `${node.settlement} settled at height ${String(node.height)}\napproved by ${node.approvals.join(', ')}`;
      return `label=${quoted(label)}, shape=doubleoctagon`;
    }
  }
}

/** A lineage as a Graphviz digraph: colour by nation, shape by role, withheld nodes dashed. */
export function lineageDot(lineage: Lineage): string {
  const colours = coloursOf(lineage);
  const nodes = lineage.nodes.map((node) => `  ${quoted(node.id)} [${attributes(node, colours)}];`);
  const edges = lineage.edges.map(
    ({ from, to, relation }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(relation)}];`,
  );
  const title = `  label=${quoted(`lineage of ${lineage.root}, grade ${lineage.grade}`)};`;
  return ['digraph lineage {', title, ...nodes, ...edges, '}', ''].join('\n');
}

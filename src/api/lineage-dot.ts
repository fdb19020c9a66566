import { compareText } from '../base/bytes.js';
import type { Lineage, LineageNode } from '../domain/lineage.js';

/** A Graphviz string literal: quotes and backslashes escaped, line breaks as such. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

const LINE_CHARS = 42;
const SUMMARY_CHARS = 110;
const SHORT_ID_CHARS = 12;
/** An id inside a text is long and says nothing to people beyond its beginning. */
const LONG_ID = /\b[0-9a-f]{32,64}\b/g;

function short(text: string): string {
  return text.replaceAll(LONG_ID, (id) => id.slice(0, SHORT_ID_CHARS));
}

/** Lines of about LINE_CHARS, cut after SUMMARY_CHARS: a picture tells, the JSON has it all. */
function wrapped(text: string): string {
  const whole = short(text);
  const shown = whole.length > SUMMARY_CHARS ? `${whole.slice(0, SUMMARY_CHARS - 1)}…` : whole;
  const lines: string[] = [];
  for (const word of shown.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== undefined && line.length + word.length < LINE_CHARS) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines.join('\n');
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
      const label = [
        `${node.nation} ${node.type}`,
        wrapped(node.summary),
        `${short(node.id)}, grade ${node.grade}`,
      ].join('\n');
      const fill = quoted(colours.get(node.nation) ?? NEUTRAL);
      return `label=${quoted(label)}, shape=${SHAPES[node.role]}, style=filled, fillcolor=${fill}`;
    }
    case 'withheld': {
      const by = node.by === null ? '' : ` by ${node.by}`;
      const color = quoted((node.by === null ? undefined : colours.get(node.by)) ?? NEUTRAL);
      return `label=${quoted(`${node.part} withheld${by}`)}, shape=box, style=dashed, color=${color}`;
    }
    case 'settlement': {
      const label = [
        `${node.settlement} settled`,
        `height ${String(node.height)}, ${short(node.id)}`,
        `approved by ${node.approvals.join(', ')}`,
      ].join('\n');
      return `label=${quoted(label)}, shape=doubleoctagon`;
    }
  }
}

/** Graph, node and edge defaults: read from left to right, from sources to what came of them. */
const DEFAULTS = [
  '  graph [rankdir=LR, ranksep=1.1, nodesep=0.15, fontname="Helvetica", fontsize=13];',
  '  node [fontname="Helvetica", fontsize=11, margin="0.12,0.06"];',
  '  edge [fontname="Helvetica", fontsize=9];',
];

/**
 * An outcome derives from each input through the settlement: the direct edge is drawn beside that
 * path, thin and without a word. Ids of events that are the settlement's inputs, and its outcomes.
 */
function throughSettlement({ edges }: Lineage): (from: string, to: string) => boolean {
  const pairs = (relation: string): readonly Lineage['edges'][number][] =>
    edges.filter((edge) => edge.relation === relation);
  const outcomes = pairs('outcome');
  const inputs = pairs('input');
  return (from, to) =>
    outcomes.some(
      (out) => out.to === to && inputs.some((into) => into.from === from && into.to === out.from),
    );
}

/** A lineage as a Graphviz digraph: colour by nation, shape by role, withheld nodes dashed. */
export function lineageDot(lineage: Lineage): string {
  const colours = coloursOf(lineage);
  const nodes = lineage.nodes.map((node) => `  ${quoted(node.id)} [${attributes(node, colours)}];`);
  const isThrough = throughSettlement(lineage);
  const edges = lineage.edges.map(({ from, to, relation }) => {
    const beside = relation === 'derived-from' && isThrough(from, to);
    const look = beside ? 'style=dotted, color="#999999"' : `label=${quoted(relation)}`;
    return `  ${quoted(from)} -> ${quoted(to)} [${look}];`;
  });
  const title = `lineage of ${short(lineage.root)}, grade ${lineage.grade}`;
  const head = ['digraph lineage {', ...DEFAULTS, `  label=${quoted(title)};`];
  return [...head, ...nodes, ...edges, '}', ''].join('\n');
}

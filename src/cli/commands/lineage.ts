import type { Command } from 'commander';
import type { Lineage, LineageNode } from '../../domain/lineage.js';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import { list, short, table } from '../output.js';
import { idOf, oneOf } from '../values.js';

function nodeRow(node: LineageNode): readonly string[] {
  switch (node.kind) {
    case 'event':
      return [short(node.id), node.nation, node.type, node.grade, node.summary];
    case 'withheld':
      return [short(node.id), node.by ?? '-', `${node.part} withheld`, '-', ''];
    case 'settlement': {
      const what = `height ${String(node.height)}, approved by ${list(node.approvals)}`;
      return [short(node.id), '-', `${node.settlement} settled`, '-', what];
    }
  }
}

function lineageText(lineage: Lineage): string {
  const nodes = table(['ID', 'NATION', 'WHAT', 'GRADE', ''], lineage.nodes.map(nodeRow));
  const edges = lineage.edges.map((edge) => [short(edge.from), edge.relation, short(edge.to)]);
  const head = `lineage of ${lineage.root}, grade ${lineage.grade}\n\n`;
  return `${head}${nodes}\n${table(['FROM', 'RELATION', 'TO'], edges)}`;
}

export function addLineage(program: Command, bind: Bind): void {
  const lineage = program
    .command('lineage')
    .argument('<id>', 'event or settlement')
    .description('where something came from and what was made of it, as this nation may see it')
    .addOption(option('--format <format>', 'json or dot'));
  bind(lineage, async (context, [id = '']) => {
    const format = context.values.text('format');
    const client = context.client();
    const known = idOf('ID', id);
    if (format !== undefined && oneOf('--format', ['json', 'dot'], format) === 'dot') {
      const dot = await client.lineageDot(known);
      return { json: { id: known, dot }, text: dot };
    }
    const found = await client.lineage(known);
    const text = format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : lineageText(found);
    return { json: found, text };
  });
}

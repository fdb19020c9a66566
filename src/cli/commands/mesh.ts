import type { Command } from 'commander';
import type { Bind } from '../command.js';
import { list, short, table } from '../output.js';

export function addMesh(program: Command, bind: Bind): void {
  const mesh = program.command('mesh').description('the gossip mesh as this node sees it');
  bind(
    mesh.command('topics').description('topics joined, with their audience'),
    async (context) => {
      const topics = await context.client().topics();
      const rows = topics.map((topic) => [
        short(topic.topic.slice(topic.topic.lastIndexOf('/') + 1)),
        short(topic.op),
        topic.originator,
        String(topic.keyEpoch),
        list(topic.subscribers),
        list(topic.releaseSet),
        topic.label,
      ]);
      const head = ['TOPIC', 'OP', 'ORIGINATOR', 'KEY', 'SUBSCRIBERS', 'RELEASED TO', 'LABEL'];
      return { json: topics, text: table(head, rows) };
    },
  );
}

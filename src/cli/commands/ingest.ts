import type { Command } from 'commander';
import type { IngestView } from '../../domain/views.js';
import { refuse } from '../../node/refusal-error.js';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../output.js';
import { readInput } from '../read-file.js';
import { idOf, nationOf } from '../values.js';

/** What the node takes at once. */
const FEED_BYTES_MAX = 64 * 1024 * 1024;
/** Skipped lines told one by one; the rest is counted by reason. */
const SKIPPED_SHOWN = 20;

function skippedText(skipped: IngestView['skipped']): string {
  if (skipped.length === 0) return '';
  const shown = skipped
    .slice(0, SKIPPED_SHOWN)
    .map(({ line, reason, text }) => `  line ${String(line)}: ${reason}: ${text.slice(0, 80)}\n`);
  const counts = new Map<string, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const summary = [...counts].map(([reason, count]) => `${String(count)} × ${reason}`).join(', ');
  const rest = skipped.length - shown.length;
  const more = rest > 0 ? `  and ${String(rest)} more\n` : '';
  return `skipped ${String(skipped.length)} lines (${summary})\n${shown.join('')}${more}`;
}

function answer(view: IngestView, path: string): Output {
  const notes = skippedText(view.skipped);
  const told = notes === '' ? {} : { notes };
  if (view.events.length === 0) {
    const text = `nothing taken in: ${path} holds no usable report\n`;
    return { json: view, text: '', notes: `${text}${notes}`, exit: EXIT.usage };
  }
  const text =
    `took in ${String(view.events.length)} events from ${String(view.reports)} reports ` +
    `(${String(view.sentences)} read)\n`;
  return { json: view, text, ...told };
}

async function ingest(context: Context, format: string, file: string): Promise<Output> {
  const { values } = context;
  const path = context.path(file);
  const text = readInput(path, FEED_BYTES_MAX).toString('utf8');
  if (text.trim() === '') {
    throw refuse('EMPTY_FEED', 'FILE', {
      rule: 'a feed holds at least one usable report',
      detail: `${path} is empty`,
      remedy: 'name a file with reports',
    });
  }
  const op = values.text('op');
  const partner = values.text('partner');
  const view = await context.client().ingest(format, text, {
    label: values.required('label'),
    op: op === undefined ? undefined : idOf('--op', op, 16),
    partner: partner === undefined ? undefined : nationOf('--partner', partner),
    channel: values.text('channel'),
    authority: values.text('partnerAuthority'),
  });
  return answer(view, path);
}

export function addIngest(program: Command, bind: Bind): void {
  const parent = program.command('ingest').description('take in a feed in a foreign format');
  const formats = [
    ['ais', 'AIS sentences (NMEA 0183 AIVDM), one a line'],
    ['cot', 'Cursor-on-Target XML events'],
  ] as const;
  for (const [format, description] of formats) {
    const command = parent
      .command(format)
      .argument('<file>')
      .description(description)
      .addOption(option('--label <label>', 'label of the events'))
      .addOption(option('--op <op>', 'operation, when more than one is active'))
      .addOption(option('--partner <nation>', 'the feed is of this nation, which has no node'))
      .addOption(option('--channel <text>', "how the partner's feed came"))
      .addOption(option('--partner-authority <text>', 'under what authority the partner gave it'));
    bind(command, (context, [file = '']) => ingest(context, format, file));
  }
}

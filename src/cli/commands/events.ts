import type { Command } from 'commander';
import { EVENT_TYPES } from '../../domain/event-types.js';
import type { EventType } from '../../domain/event-types.js';
import { PRECEDENCES, RELATIONS } from '../../domain/event.js';
import { LIMITS } from '../../domain/limits.js';
import type { EmitBody } from '../../domain/requests.js';
import type { EventView } from '../../domain/views.js';
import { actOutput } from '../act-output.js';
import type { Bind } from '../command.js';
import { manyOption, option } from '../command.js';
import type { Context } from '../context.js';
import { eventTable, eventText } from '../event-text.js';
import { explainText } from '../explain-text.js';
import { readInput } from '../read-file.js';
import { performAct } from '../sign-act.js';
import type { Values } from '../values.js';
import { idOf, nationOf, oneOf, usage } from '../values.js';

const TYPES = Object.keys(EVENT_TYPES) as EventType[];

function parentOf(text: string): { id: string; relation: (typeof RELATIONS)[number] } {
  const [id = '', relation = 'derived-from'] = text.split(':');
  return { id: idOf('--parent', id), relation: oneOf('--parent', RELATIONS, relation) };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Falls through to the same refusal as JSON of another form.
  }
  throw usage('--fields', 'is a JSON object', '--fields is not a JSON object');
}

function contentOf(context: Context): EmitBody['content'] {
  const { values } = context;
  const text = values.text('text');
  const file = values.text('file');
  const fields = values.text('fields');
  if ([text, file, fields].filter((given) => given !== undefined).length !== 1) {
    throw usage(
      '--text',
      'content is one of --text, --file, --fields',
      'content is not given once',
    );
  }
  if (fields !== undefined) return { kind: 'fields', fields: fieldsOf(fields) };
  const content =
    text ?? readInput(context.path(file ?? ''), LIMITS.plaintextBytesMax).toString('utf8');
  const contentType = values.text('contentType');
  return { kind: 'text', text: content, ...(contentType === undefined ? {} : { contentType }) };
}

function optional(values: Values): Partial<EmitBody> {
  const op = values.text('op');
  const precedence = values.text('precedence');
  const parents = values.list('parent').map(parentOf);
  const notAfterMs = values.count('notAfterMs');
  return {
    ...(op === undefined ? {} : { op: idOf('--op', op, 16) }),
    ...(precedence === undefined
      ? {}
      : { precedence: oneOf('--precedence', PRECEDENCES, precedence) }),
    ...(parents.length === 0 ? {} : { parents }),
    ...(notAfterMs === undefined ? {} : { notAfterMs }),
  };
}

function emitCommand(program: Command): Command {
  return program
    .command('emit')
    .description("publish an event under the node's key, or an authority's")
    .addOption(option('--type <type>', 'event type, such as observation or track'))
    .addOption(option('--label <label>', 'OPEN, or a marking such as MISSION SECRET REL TO AUS'))
    .addOption(option('--text <text>', 'content'))
    .addOption(option('--file <file>', 'content from a file'))
    .addOption(option('--fields <json>', 'structured content of the type'))
    .addOption(option('--content-type <type>', 'media type of the content'))
    .addOption(manyOption('--parent <id[:relation]>', 'event it derives from'))
    .addOption(option('--precedence <precedence>', PRECEDENCES.join(', ')))
    .addOption(option('--not-after-ms <ms>', 'content may be dropped after this time'))
    .addOption(option('--op <op>', 'operation, when more than one is active'))
    .addOption(option('--as-authority', 'sign with the authority key'));
}

function addList(program: Command, bind: Bind): void {
  const events = program.command('events').description('events held here');
  const listed = events
    .command('list')
    .description('in the order of arrival')
    .addOption(option('--nation <nation>', 'of this nation'))
    .addOption(option('--type <type>', 'of this type'))
    .addOption(option('--op <op>', 'of this operation'))
    .addOption(option('--from <n>', 'first arrival number'))
    .addOption(option('--limit <n>', 'at most so many'));
  bind(listed, async (context) => {
    const { values } = context;
    const found = await context.client().events({
      nation: values.text('nation'),
      type: values.text('type'),
      op: values.text('op'),
      from: values.count('from'),
      limit: values.count('limit', 1),
    });
    return { json: found, text: eventTable(found) };
  });
}

export function addEvents(program: Command, bind: Bind): void {
  bind(emitCommand(program), async (context) => {
    const { values } = context;
    const event: EmitBody = {
      type: oneOf('--type', TYPES, values.required('type')),
      label: values.required('label'),
      content: contentOf(context),
      ...optional(values),
    };
    if (values.flag('asAuthority')) {
      return actOutput('published', await performAct(context, { act: 'emit', event }));
    }
    const made: EventView = await context.client().emit(event);
    return { json: made, text: eventText(made) };
  });
  addList(program, bind);
  bind(
    program.command('show').argument('<id>').description('one event'),
    async (context, [id = '']) => {
      const event = await context.client().event(idOf('ID', id));
      return { json: event, text: eventText(event) };
    },
  );
  const explain = program
    .command('explain')
    .argument('<id>', 'event or settlement')
    .description('why it is denied or stuck: rule, authority and remedy')
    .addOption(option('--nation <nation>', 'for this nation only'));
  bind(explain, async (context, [id = '']) => {
    const nation = context.values.text('nation');
    const known = nation === undefined ? undefined : nationOf('--nation', nation);
    const view = await context.client().explain(idOf('ID', id), known);
    return { json: view, text: explainText(view) };
  });
}

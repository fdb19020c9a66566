import type { Command } from 'commander';
import type { ProposeBody } from '../../domain/requests.js';
import { SETTLEMENT_KINDS } from '../../domain/settlement.js';
import type { SettlementKind } from '../../domain/settlement.js';
import { writePrivateFile } from '../../node/private-file.js';
import { actOutput } from '../act-output.js';
import type { Bind } from '../command.js';
import { manyOption, option } from '../command.js';
import type { Context } from '../context.js';
import type { Output } from '../output.js';
import { settlementTable, settlementText } from '../settlement-text.js';
import { performAct } from '../sign-act.js';
import type { Values } from '../values.js';
import { idOf, oneOf } from '../values.js';
import { addSettleVerify } from './settle-verify.js';

const KINDS = Object.keys(SETTLEMENT_KINDS) as SettlementKind[];

function inputOf(text: string): ProposeBody['inputs'][number] {
  const [event = '', mode = 'cites'] = text.split(':');
  return { event: idOf('--input', event), mode: oneOf('--input', ['cites', 'consumes'], mode) };
}

function proposal(values: Values): ProposeBody {
  const texts = ['step', 'asset'] as const;
  const ids = [
    ['op', 16],
    ['pathway', 32],
    ['run', 16],
  ] as const;
  const given = [
    ...texts.map((name) => [name, values.text(name)] as const),
    ...ids.map(([name, size]) => {
      const text = values.text(name);
      return [name, text === undefined ? undefined : idOf(`--${name}`, text, size)] as const;
    }),
  ].filter(([, value]) => value !== undefined);
  const expiresInHeights = values.count('expiresInHeights', 1);
  return {
    act: 'propose',
    kind: oneOf('--kind', KINDS, values.required('kind')),
    inputs: values.list('input').map(inputOf),
    label: values.required('label'),
    reason: values.required('reason'),
    ...(Object.fromEntries(given) as Partial<ProposeBody>),
    ...(expiresInHeights === undefined ? {} : { expiresInHeights }),
  };
}

function addPropose(settle: Command, bind: Bind): void {
  const propose = settle
    .command('propose')
    .description('write the outcome and show the settlement to all members')
    .addOption(option('--kind <kind>', KINDS.join(', ')))
    .addOption(manyOption('--input <event[:mode]>', 'event used; mode cites or consumes'))
    .addOption(option('--label <label>', 'label of the outcome'))
    .addOption(option('--reason <text>', 'why: the reason of a decision, the task of a tasking'))
    .addOption(option('--pathway <digest>', 'decisions: declared pathway'))
    .addOption(option('--run <hex>', 'decisions: run of the pathway, 16 bytes'))
    .addOption(option('--step <step>', 'decisions: step of the pathway'))
    .addOption(option('--asset <asset>', 'taskings: the asset tasked'))
    .addOption(option('--expires-in-heights <n>', 'blocks until it lapses'))
    .addOption(option('--op <op>', 'operation, when more than one is active'));
  bind(propose, async (context) =>
    actOutput('proposed', await performAct(context, proposal(context.values))),
  );
}

async function status(context: Context, id: string | undefined): Promise<Output> {
  const client = context.client();
  if (id === undefined) {
    const op = context.values.text('op');
    const all = await client.settlements(op === undefined ? undefined : idOf('--op', op, 16));
    return { json: all, text: settlementTable(all) };
  }
  const view = await client.settlement(idOf('ID', id));
  const out = context.values.text('bundle');
  if (out === undefined) return { json: view, text: settlementText(view) };
  const bytes = await client.settlementBundle(view.id);
  writePrivateFile(context.path(out), bytes);
  const note = `proof of ${String(bytes.length)} bytes written to ${out}\n`;
  return {
    json: { ...view, bundle: { file: context.path(out), bytes: bytes.length } },
    text: `${settlementText(view)}${note}`,
  };
}

export function addSettle(program: Command, bind: Bind): void {
  const settle = program.command('settle').description('settlements: consent and quorum');
  addPropose(settle, bind);
  bind(
    settle.command('approve').argument('<id>').description("give this nation's consent"),
    async (context, [id = '']) => {
      const body = { act: 'approve', settlement: idOf('ID', id) } as const;
      return actOutput('approved', await performAct(context, body));
    },
  );
  const refusal = settle
    .command('refuse')
    .argument('<id>')
    .description("refuse this nation's consent, for good")
    .addOption(option('--reason <text>', 'why; told to all members'));
  bind(refusal, async (context, [id = '']) => {
    const reason = context.values.required('reason');
    const body = { act: 'refuse', settlement: idOf('ID', id), reason } as const;
    return actOutput('refused', await performAct(context, body));
  });
  const state = settle
    .command('status')
    .argument('[id]')
    .description('what is settled, and what the rest awaits')
    .addOption(option('--op <op>', 'of this operation'))
    .addOption(option('--bundle <file>', 'write the one-file proof of this settled entry'));
  bind(state, (context, [id]) => status(context, id));
  addSettleVerify(settle, bind);
}

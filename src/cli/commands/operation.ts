import type { Command } from 'commander';
import type { OperationView } from '../../domain/views.js';
import { declarationFromYaml } from '../../node/declaration-yaml.js';
import { refuse } from '../../node/refusal-error.js';
import { actOutput } from '../act-output.js';
import { heldCredentials } from '../held-credentials.js';
import type { ApiClient } from '../client.js';
import type { Bind } from '../command.js';
import { fields, list } from '../output.js';
import { readInput } from '../read-file.js';
import { performAct } from '../sign-act.js';
import { usage } from '../values.js';

const DECLARATION_BYTES_MAX = 1024 * 1024;

/** Names an operation by its short or full id, or by its declaration; full or a unique beginning. */
export async function findOperation(client: ApiClient, name: string): Promise<OperationView> {
  if (!/^[0-9a-f]{6,64}$/.test(name)) {
    throw usage('OPERATION', 'is an operation id or a declaration digest in hex', name);
  }
  const found = (await client.operations()).filter((view) =>
    [view.op, view.opId, view.declaration].some((id) => id?.startsWith(name)),
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw refuse(first === undefined ? 'NOT_FOUND' : 'AMBIGUOUS', 'OPERATION', {
    rule: 'an operation is named by its id or its declaration, as this node holds it',
    detail: `${name} names ${String(found.length)} operations held here`,
    remedy: 'entente op status lists them; a declaration may still be on its way',
  });
}

function operationText(view: OperationView): string {
  const participants = view.participants.map(
    ({ nation, role, accepted }) => `${nation} ${role}${accepted ? '' : ' (not yet accepted)'}`,
  );
  const unanimous = view.quorum === 'unanimous' ? ': no lying nation is tolerated' : '';
  const quorum = `n=${String(view.n)} f=${String(view.f)} q=${String(view.q)} ${view.quorum}`;
  return fields([
    ['operation', view.opId ?? view.op],
    ['title', view.title],
    ['declaration', view.declaration],
    ['state', view.state],
    ['own role', view.ownRole ?? '-'],
    ['participants', list(participants)],
    ['quorum', `${quorum}${unanimous}`],
    ['epoch', String(view.epoch)],
    ['height', `${String(view.height)}, view ${String(view.view)}`],
    ['voters connected', `${list(view.connectedVoters)} of ${list(view.voters)}`],
  ]);
}

export function addOperation(program: Command, bind: Bind): void {
  const op = program.command('op').description('operations: declare, join, watch');
  bind(
    op.command('declare').argument('<file>', 'YAML').description('sign and log a declaration'),
    async (context, [file = '']) => {
      const path = context.path(file);
      const text = readInput(path, DECLARATION_BYTES_MAX).toString('utf8');
      const { declaration, label } = await declarationFromYaml({
        text,
        path,
        nowMs: context.io.nowMs(),
        held: (nation) => heldCredentials(context, nation),
      });
      return actOutput(
        'declared',
        await performAct(context, { act: 'declare', declaration, label }),
      );
    },
  );
  bind(
    op
      .command('join')
      .argument('<operation>', 'operation id or declaration digest')
      .description("accept a declaration for this nation, under an authority's signature"),
    async (context, [name = '']) => {
      const { declaration } = await findOperation(context.client(), name);
      return actOutput('accepted', await performAct(context, { act: 'accept', declaration }));
    },
  );
  const status = op
    .command('status')
    .argument('[operation]')
    .description('participants, quorum and progress');
  bind(status, async (context, [name]) => {
    const client = context.client();
    if (name !== undefined) {
      const view = await findOperation(client, name);
      return { json: view, text: operationText(view) };
    }
    const all = await client.operations();
    const text = all.map(operationText).join('\n');
    return { json: all, text: text === '' ? 'no operation is known here\n' : text };
  });
}

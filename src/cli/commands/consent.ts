import type { Command } from 'commander';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import { actOutput } from '../act-output.js';
import { performAct } from '../sign-act.js';
import { idOf, nationOf } from '../values.js';

export function addConsent(program: Command, bind: Bind): void {
  const consent = program
    .command('consent')
    .description("an originator's consent to a derivative of its own event");
  const grant = consent
    .command('grant')
    .argument('<event>')
    .description('let a derivative go further than the event itself')
    .addOption(option('--requester <nation>', 'who derives'))
    .addOption(option('--recipients <nations>', 'who may read the derivative, with commas'))
    .addOption(option('--purpose <text>', 'what for'))
    .addOption(option('--max-label <label>', 'highest label of the derivative'))
    .addOption(option('--label <label>', 'label of the consent itself'))
    .addOption(option('--op <op>', 'operation, when more than one is active'));
  bind(grant, async (context, [event = '']) => {
    const { values } = context;
    const op = values.text('op');
    const result = await performAct(context, {
      act: 'consent',
      event: idOf('EVENT', event),
      requester: nationOf('--requester', values.required('requester')),
      recipients: values.list('recipients').map((nation) => nationOf('--recipients', nation)),
      purpose: values.required('purpose'),
      maxLabel: values.required('maxLabel'),
      label: values.required('label'),
      ...(op === undefined ? {} : { op }),
    });
    return actOutput('consented', result);
  });
}

import { Command, CommanderError } from 'commander';
import type { Refusal } from '../domain/refusal.js';
import { RefusalError } from '../node/refusal-error.js';
import type { Action, Bind } from './command.js';
import { option } from './command.js';
import { addCommands } from './commands/index.js';
import { Context } from './context.js';
import type { Doors } from './doors.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import type { Io } from './io.js';
import type { Output } from './output.js';
import { jsonLine, refusalText } from './output.js';
import { Values, usage } from './values.js';

function print(io: Io, json: boolean, output: Output): ExitCode {
  // A command that told its one document already answers with none.
  const text = json ? (output.json === undefined ? '' : jsonLine(output.json)) : output.text;
  if (text !== '') io.out(text);
  if (!json && output.notes !== undefined) io.err(output.notes);
  return output.exit ?? EXIT.done;
}

/** A fault is told with its message, for people who report it; its stack is for debugging. */
function faultRefusal(error: unknown): Refusal {
  return {
    code: 'FAULT',
    field: 'entente',
    rule: 'a command ends with an answer or a named refusal',
    authority: 'this program',
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    remedy: 'report this with the command line; ENTENTE_DEBUG=1 shows the stack',
  };
}

function tell(io: Io, json: boolean, error: unknown): ExitCode {
  const known = error instanceof RefusalError;
  const refusal = known ? error.refusal : faultRefusal(error);
  io.err(refusalText(refusal));
  if (!known && io.env['ENTENTE_DEBUG'] !== undefined && error instanceof Error) {
    io.err(`${error.stack ?? ''}\n`);
  }
  // Scripts that asked for JSON get one document in every case.
  if (json) io.out(jsonLine({ refusal }));
  return known ? exitCodeOf(refusal) : EXIT.notAvailable;
}

/** A command line that the parser refused; it has told people so already. */
function usageRefusal({ message }: CommanderError): Refusal {
  const detail = message.replace(/^error: /, '');
  const shown = detail === '(outputHelp)' ? 'no verb was given' : detail;
  return usage('command line', 'has a verb with its arguments and known options', shown).refusal;
}

/** Whether JSON was asked for, on a command line that could not be parsed. */
function asksForJson(argv: readonly string[], io: Io): boolean {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  return new Values({ json: options.includes('--json') }, io.env).flag('json');
}

function globalOptions(program: Command): void {
  program
    .addOption(option('--home <dir>', "the nation's home folder"))
    .addOption(option('--json', 'print exactly one JSON document'))
    .addOption(option('--yes', 'sign without asking'))
    .addOption(option('--passphrase-file <file>', "passphrase of the node's keys"))
    .addOption(option('--authority-passphrase-file <file>', "passphrase of the authority's keys"))
    .addOption(
      option('--authority <name>', 'name of the authority key that signs (default: authority)'),
    );
}

/** Builds the command tree; every action's exit code goes to `done`. */
function buildProgram(io: Io, doors: Doors, done: (code: ExitCode) => void): Command {
  const program = new Command('entente')
    .description('A sovereign node: identity, events, operations and settlements of one nation')
    .exitOverride()
    .showHelpAfterError('(entente --help lists the verbs)')
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
  globalOptions(program);
  const bind: Bind = (command, action: Action) => {
    command.action(async () => {
      const context = new Context(io, doors, new Values(command.optsWithGlobals(), io.env));
      try {
        done(print(io, context.json, await action(context, command.args)));
      } catch (error) {
        done(tell(io, context.json, error));
      }
    });
  };
  addCommands(program, bind);
  return program;
}

/**
 * Runs one command line (without node and script) and answers its exit code: 0 done, 1 denied by
 * policy, 2 usage, 3 cannot verify, 4 integrity failure, 5 not available.
 */
export async function main(argv: readonly string[], io: Io, doors: Doors): Promise<ExitCode> {
  let exit: ExitCode = EXIT.done;
  const program = buildProgram(io, doors, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) return tell(io, false, error);
    if (error.exitCode === 0) return EXIT.done;
    if (asksForJson(argv, io)) io.out(jsonLine({ refusal: usageRefusal(error) }));
    return EXIT.usage;
  }
}

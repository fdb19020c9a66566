import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { refuse } from '../../node/refusal-error.js';
import type { Bind } from '../command.js';
import { option } from '../command.js';
import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { EXIT } from '../exit-codes.js';
import type { Output } from '../output.js';

/** The launcher is a program beside the node, present in a built checkout only. */
const LAUNCHER = fileURLToPath(new URL('../../../testnet/main.js', import.meta.url));

function exitOf(code: number | null): ExitCode {
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.notAvailable;
}

/** Runs the launcher with this terminal; Ctrl-C and TERM reach it, and its end is awaited. */
async function launch(context: Context, args: readonly string[]): Promise<Output> {
  if (!existsSync(LAUNCHER)) {
    throw refuse('NOT_AVAILABLE', 'testnet', {
      rule: 'the testnet is part of a built checkout',
      detail: `there is no ${LAUNCHER}`,
      remedy: 'run npm start, or npm run build, in a checkout',
    });
  }
  const { values, io } = context;
  const given = ['dir', 'seed'].flatMap((name) => {
    const value = values.text(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const flags = ['detach', 'oneWay'].filter((name) => values.flag(name));
  const named = flags.map((name) => (name === 'oneWay' ? '--one-way' : `--${name}`));
  const json = context.json ? ['--json'] : [];
  const child = spawn(process.execPath, [LAUNCHER, ...args, ...given, ...named, ...json], {
    cwd: io.cwd,
    stdio: 'inherit',
    detached: true,
  });
  const forget = io.onStop(
    () => child.kill('SIGTERM'),
    () => child.kill('SIGKILL'),
  );
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(forget);
  return { json: undefined, text: '', exit: exitOf(code) };
}

const VERBS = [
  ['status', '', 'processes, peers and links'],
  ['partition', '<groups>', 'cut links between groups, such as AUS,GBR,USA/JPN'],
  ['heal', '', 'restore every link'],
  ['kill', '<code>', "SIGKILL a nation's node"],
  ['restart', '<code>', "start a nation's node again"],
  ['down', '', 'stop everything'],
] as const;

export function addTestnet(program: Command, bind: Bind): void {
  const testnet = program
    .command('testnet')
    .description('six nations on this machine, every link in your hand');
  const dir = (): ReturnType<typeof option> =>
    option('--dir <dir>', 'folder of the testnet (default: .testnet)');
  const up = testnet
    .command('up')
    .description('found the nations, start their nodes, activate an operation')
    .addOption(dir())
    .addOption(option('--seed <n>', "seed of the links' chance"))
    .addOption(option('--detach', 'answer when it is up, and leave it running'));
  bind(up, (context) => launch(context, ['up']));
  for (const [name, argument, description] of VERBS) {
    const command = testnet.command(name).description(description).addOption(dir());
    if (argument !== '') command.argument(argument);
    if (name === 'partition') {
      command.addOption(option('--one-way', 'only from the first group to the others'));
    }
    bind(command, (context, args) => launch(context, [name, ...args]));
  }
}

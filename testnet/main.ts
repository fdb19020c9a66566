import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { askLauncher } from './control-client.js';
import type { ControlRequest } from './control-server.js';
import { messageOf, TestnetFailure } from './failure.js';
import { TestnetFolder } from './folder.js';
import { Launcher } from './launcher.js';
import { Narrator } from './narrator.js';
import { DEFAULT_DIR, seedOf, usageFailure } from './options.js';
import { openOperation } from './operation.js';
import { until } from './wait.js';

const UP_DEADLINE_MS = 180_000;
const DOWN_DEADLINE_MS = 60_000;

export const TESTNET_HELP = `entente testnet VERB [--dir DIR] [--json]

  up [--detach] [--seed N]            six nations' nodes with their operation active
  status                              processes, peers, links
  partition GROUPS [--one-way]        cut links between groups, such as AUS,GBR,USA,CAN,NZL/JPN
  heal                                restore every link
  kill CODE                           SIGKILL a nation's node
  restart CODE                        start it again
  down                                stop everything
`;

interface VerbOptions {
  readonly verb: string;
  readonly rest: readonly string[];
  readonly dir: string;
  readonly json: boolean;
  readonly detach: boolean;
  readonly oneWay: boolean;
  readonly seed: number;
}

function verbOptions(args: readonly string[]): VerbOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        dir: { type: 'string', default: DEFAULT_DIR },
        json: { type: 'boolean', default: false },
        detach: { type: 'boolean', default: false },
        'one-way': { type: 'boolean', default: false },
        seed: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const [verb = 'help', ...rest] = values.help ? ['help'] : positionals;
    const { dir, json, detach } = values;
    return { verb, rest, dir, json, detach, oneWay: values['one-way'], seed: seedOf(values.seed) };
  } catch (error) {
    if (error instanceof TestnetFailure) throw error;
    throw usageFailure(messageOf(error));
  }
}

function answer(options: VerbOptions, value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, options.json ? 0 : 2)}\n`);
}

/** In the foreground until Ctrl-C or `down`. */
async function up(options: VerbOptions): Promise<void> {
  const narrator = new Narrator((text) => process.stderr.write(text));
  const launcher = new Launcher({ dir: options.dir, seed: options.seed, narrator });
  await launcher.own(async () => {
    const testnet = await launcher.up();
    await openOperation(testnet, { narrator, signal: launcher.signal });
    launcher.leaveUp();
    answer(options, await askLauncher(launcher.folder, { verb: 'status' }));
    await launcher.ended();
  });
}

/** Starts `up` as a process of its own and answers when the operation is active. */
async function detach(options: VerbOptions): Promise<void> {
  const folder = new TestnetFolder(options.dir);
  const holder = folder.holder();
  if (holder !== undefined) {
    throw new TestnetFailure(
      'FOLDER_IN_USE',
      `a testnet already runs in ${folder.dir} (process ${String(holder)})`,
      'entente testnet down',
    );
  }
  mkdirSync(dirname(folder.dir), { recursive: true });
  const log = openSync(`${folder.dir}.log`, 'w', 0o600);
  const script = fileURLToPath(import.meta.url);
  const args = [script, 'up', '--dir', folder.dir, '--seed', String(options.seed), '--json'];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  const what = 'the testnet is up';
  const { signal } = new AbortController();
  const status = await until({ what, deadlineMs: UP_DEADLINE_MS, signal }, async () => {
    if (child.exitCode !== null) {
      const exit = String(child.exitCode);
      throw new TestnetFailure('COMMAND_FAILED', `it ended, exit ${exit}`, `see ${folder.dir}.log`);
    }
    const status = (await askLauncher(folder, { verb: 'status' })) as { readonly ready: boolean };
    return status.ready ? { is: status } : { notYet: 'the operation is not active yet' };
  });
  child.unref();
  answer(options, status);
}

async function down(options: VerbOptions): Promise<void> {
  const folder = new TestnetFolder(options.dir);
  await askLauncher(folder, { verb: 'down' });
  const { signal } = new AbortController();
  const what = 'the testnet is down';
  await until({ what, deadlineMs: DOWN_DEADLINE_MS, signal }, async () =>
    folder.holder() === undefined ? { is: true } : { notYet: 'its launcher still runs' },
  );
  answer(options, { down: true });
}

function requestOf(options: VerbOptions): ControlRequest {
  const { verb, rest, oneWay } = options;
  const [first] = rest;
  if (verb === 'status' || verb === 'heal') return { verb };
  if (verb === 'partition' && first !== undefined) return { verb, groups: first, oneWay };
  if ((verb === 'kill' || verb === 'restart') && first !== undefined) {
    return { verb, nation: first };
  }
  throw usageFailure(`no such verb here: ${[verb, ...rest].join(' ')}`);
}

async function run(args: readonly string[]): Promise<void> {
  const options = verbOptions(args);
  if (options.verb === 'help') process.stdout.write(TESTNET_HELP);
  else if (options.verb === 'up') await (options.detach ? detach(options) : up(options));
  else if (options.verb === 'down') await down(options);
  else answer(options, await askLauncher(new TestnetFolder(options.dir), requestOf(options)));
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  const known = error instanceof TestnetFailure;
  if (!known || error.code !== 'STOPPED') {
    const code = known ? error.code : 'FAULT';
    const remedy = known && error.remedy !== '' ? `\n  remedy: ${error.remedy}` : '';
    process.stderr.write(`testnet: ${code}: ${messageOf(error)}${remedy}\n`);
  }
  process.exitCode = known ? error.exitCode : 1;
}

import { realpathSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readApiAccess } from '../src/node/api-files.js';
import { homeAt } from '../src/node/home.js';
import { messageOf, TestnetFailure } from './failure.js';
import { lookAtFeed } from './feed.js';
import { Launcher } from './launcher.js';
import { columns, Narrator } from './narrator.js';
import { CODES } from './nations.js';
import { START_HELP, type StartOptions, startOptions } from './options.js';
import { exampleFile } from './scenario/facts.js';
import { runReference } from './scenario/reference.js';
import { type Result, resultText } from './scenario/result.js';

const INTERRUPTED = 130;

function print(options: StartOptions, result: Result): void {
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else process.stdout.write(`\n${resultText(result)}`);
}

/** Where each node's API is, and how to go on. */
function addresses(launcher: Launcher): string {
  const rows = CODES.map((code) => {
    const { home } = launcher.testnet.layout(code);
    const access = readApiAccess(homeAt(home));
    const api = access === undefined ? 'down' : `http://${access.host}:${String(access.port)}`;
    return [code, api, home];
  });
  const { home } = launcher.testnet.layout('AUS');
  return [
    columns([['NATION', 'API', 'HOME'], ...rows]),
    `Ask a node:       node dist/src/cli/main.js node status --home ${home}`,
    'Cut, heal, kill:  node dist/src/cli/main.js testnet status|partition|heal|kill|restart',
    'Ctrl-C ends every process.\n',
  ].join('\n');
}

/** Removes what is secret or large; proofs, roots and logs stay for who wants to look. */
function tidyUp(launcher: Launcher): void {
  for (const code of CODES) {
    const { home, nodePassphraseFile, officerPassphraseFile } = launcher.testnet.layout(code);
    for (const path of [
      `${home}/keys`,
      `${home}/data`,
      nodePassphraseFile,
      officerPassphraseFile,
    ]) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}

async function play(launcher: Launcher, options: StartOptions): Promise<Result> {
  const { seed, once } = options;
  // Before a process is started: a run on a file that is none would only fail later.
  const input = lookAtFeed(options.input ?? exampleFile('maritime.nmea'));
  const result = await launcher.own(async () => {
    const played = await runReference({ launcher, seed, input });
    if (once || launcher.signal.aborted) return played;
    print(options, played);
    launcher.leaveUp();
    launcher.narrator.text(`\n${addresses(launcher)}`);
    await launcher.ended();
    return played;
  });
  if (once && result.ok && !options.keep) tidyUp(launcher);
  return result;
}

async function run(options: StartOptions): Promise<number> {
  const out = options.json ? process.stderr : process.stdout;
  const narrator = new Narrator((text) => out.write(text));
  const launcher = new Launcher({ dir: options.dir, seed: options.seed, narrator });
  const result = await play(launcher, options);
  const wasPrinted = launcher.isLeftUp;
  if (!wasPrinted) print(options, result);
  if (!wasPrinted && launcher.isStopped) return INTERRUPTED;
  return result.ok ? 0 : 1;
}

/** The main job, `npm start`: answers the exit code. */
async function start(args: readonly string[]): Promise<number> {
  try {
    const options = startOptions(args);
    if (!options.help) return await run(options);
    process.stdout.write(START_HELP);
    return 0;
  } catch (error) {
    const known = error instanceof TestnetFailure;
    const remedy = known && error.remedy !== '' ? `\n  remedy: ${error.remedy}` : '';
    const code = known ? error.code : 'FAULT';
    process.stderr.write(`start: ${code}: ${messageOf(error)}${remedy}\n`);
    return known ? error.exitCode : 1;
  }
}

// Set by the set-up script too, when it becomes this program.
const script = process.argv[1];
if (script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url)) {
  process.exitCode = await start(process.argv.slice(2));
}

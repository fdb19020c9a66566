import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TestnetFailure } from './failure.js';
import { reasonOf } from './wait.js';

/** The command that a nation's people use, as it is built beside the testnet. */
export const ENTENTE = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

/** How a command of the CLI ended. `json` is its one document, when it printed one. */
export interface Answer {
  readonly code: number;
  readonly json: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a nation's process: nothing of the launcher's own settings leaks in. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('ENTENTE_')),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Runs `entente ARGS --json` to its end. */
export async function entente(args: readonly string[], signal: AbortSignal): Promise<Answer> {
  const child = spawn(process.execPath, [ENTENTE, ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(),
    signal,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', (error) => reject(reasonOf(signal) ?? error));
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  return { code, json: parsed(stdout), stdout, stderr };
}

/** The refusal that a command answered with, or undefined. */
export function refusalOf(answer: Answer): Readonly<Record<string, string>> | undefined {
  const { json } = answer;
  if (typeof json !== 'object' || json === null || !('refusal' in json)) return undefined;
  return json.refusal as Readonly<Record<string, string>>;
}

/** A command that has to work: its document, or a failure that shows the command and its answer. */
export async function mustRun<T>(args: readonly string[], signal: AbortSignal): Promise<T> {
  const answer = await entente(args, signal);
  if (answer.code === 0) return answer.json as T;
  const refusal = refusalOf(answer);
  const why = refusal === undefined ? answer.stderr.trim() : (refusal['detail'] ?? '');
  const verb = args.filter((arg) => !arg.startsWith('/')).join(' ');
  throw new TestnetFailure(
    'COMMAND_FAILED',
    `entente ${verb}: exit ${String(answer.code)}: ${why}`,
    refusal?.['remedy'] ?? '',
  );
}

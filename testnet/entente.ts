import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeDoors } from '../src/cli/doors.js';
import type { Io } from '../src/cli/io.js';
import { main } from '../src/cli/run.js';
import { TestnetFailure } from './failure.js';
import { reasonOf } from './wait.js';

/** The command that a nation's people use, as it is built beside the testnet. */
export const ENTENTE = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));

/** How a command of the CLI ended. `json` is its one document, when it printed one. */
export interface Answer {
  readonly code: number;
  readonly json: unknown;
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

/** A terminal at which nobody sits. */
class Unattended implements Io {
  readonly env = {};
  readonly cwd = process.cwd();
  readonly interactive = false;
  stdout = '';
  stderr = '';

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  askHidden(): Promise<string> {
    return Promise.reject(new Error('nobody can be asked'));
  }

  confirm(): Promise<boolean> {
    return Promise.resolve(false);
  }

  onStop(): () => void {
    return () => undefined;
  }

  exit(): void {
    // The command ends by itself; the launcher goes on.
  }

  nowMs(): number {
    return Date.now();
  }
}

/**
 * Runs `entente ARGS --json` to its end: the same program with the same arguments as on a command
 * line, without a start of its own for each of a hundred commands.
 */
export async function entente(args: readonly string[], signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const io = new Unattended();
  const code = await main([...args, '--json'], io, nodeDoors);
  return { code, json: parsed(io.stdout), stderr: io.stderr };
}

/** The same as a process of its own, with no part in anything that runs here. */
export async function ententeProcess(
  args: readonly string[],
  signal: AbortSignal,
): Promise<Answer> {
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
  return { code, json: parsed(stdout), stderr };
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

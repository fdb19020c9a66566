import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const START = join(ROOT, 'dist/testnet/start.js');
const CLI = join(ROOT, 'dist/src/cli/main.js');

/** A program under test: what it wrote so far, and how it ended. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  stdout = '';
  stderr = '';

  constructor(script: string, args: readonly string[]) {
    this.child = spawn(process.execPath, [script, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code) => resolve(code ?? 1));
    });
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last line of stdout as JSON. */
  get result(): unknown {
    return JSON.parse(this.stdout.trimEnd().split('\n').at(-1) ?? '');
  }

  /** Asks it to end, and waits until it has: it ends what it started. */
  async stop(): Promise<void> {
    if (this.isRunning) this.child.kill('SIGTERM');
    await this.ended;
  }

  /** Until a text stands in its output. */
  async says(text: string): Promise<void> {
    while (!this.stdout.includes(text) && !this.stderr.includes(text)) {
      if (!this.isRunning) throw new Error(`it ended without "${text}":\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export function start(...args: readonly string[]): Program {
  return new Program(START, args);
}

/** Runs `entente ARGS` to its end. */
export async function entente(...args: readonly string[]): Promise<{
  readonly code: number;
  readonly json: unknown;
  readonly stderr: string;
}> {
  const program = new Program(CLI, [...args, '--json']);
  const code = await program.ended;
  const { stdout, stderr } = program;
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout), stderr };
}

/** Living processes with all these texts on their command line (Linux: /proc), this one left out. */
export function processesWith(...texts: readonly string[]): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      if (pid === process.pid) return false;
      try {
        const line = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return texts.every((text) => line.includes(text));
      } catch {
        return false;
      }
    });
}

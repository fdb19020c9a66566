import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { readApiAccess } from '../src/node/api-files.js';
import { homeAt } from '../src/node/home.js';
import { cleanEnvironment, ENTENTE } from './entente.js';
import { TestnetFailure } from './failure.js';
import { type Seen, until } from './wait.js';

const READY_DEADLINE_MS = 60_000;
const STOP_GRACE_MS = 8_000;

export interface NodeProcessOptions {
  readonly nation: string;
  readonly home: string;
  readonly passphraseFile: string;
  readonly logFile: string;
  /** Told when the process ends and nobody here asked for it. */
  readonly onUnplannedEnd: (nation: string, how: string) => void;
}

/** Ends of what was read last from a log, for a message. */
function tail(file: string, bytes: number): string {
  try {
    return readFileSync(file, 'utf8').slice(-bytes).trim();
  } catch {
    return '';
  }
}

/** One nation's node as an operating-system process of its own. */
export class NodeProcess {
  readonly #options: NodeProcessOptions;
  #child: ChildProcess | undefined;
  /** The process whose end somebody here asked for. */
  #ending: ChildProcess | undefined;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
  }

  get nation(): string {
    return this.#options.nation;
  }

  get home(): string {
    return this.#options.home;
  }

  /** Of the running process. */
  get pid(): number | undefined {
    return this.#isRunning(this.#child) ? this.#child?.pid : undefined;
  }

  /** Starts the process; it is not ready yet. */
  start(): void {
    if (this.#isRunning(this.#child)) return;
    const { home, passphraseFile, logFile } = this.#options;
    const log = openSync(logFile, 'a', 0o600);
    const args = [ENTENTE, 'node', 'run', '--home', home, '--passphrase-file', passphraseFile];
    // A session of its own: Ctrl-C at the terminal reaches the launcher only, which ends its nodes
    // in order.
    const child = spawn(process.execPath, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: cleanEnvironment(),
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', (code, signal) => this.#ended(child, code, signal));
    child.once('error', (error) => this.#options.onUnplannedEnd(this.nation, error.message));
  }

  /** Waits until the API of this very process answers. */
  async ready(signal: AbortSignal): Promise<void> {
    const what = `${this.nation}'s node is ready`;
    await until({ what, deadlineMs: READY_DEADLINE_MS, signal }, () => this.#look());
  }

  /** SIGKILL: no farewell, as a power cut. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and after a grace SIGKILL. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!this.#isRunning(child)) return;
    const insist = setTimeout(() => child?.kill('SIGKILL'), STOP_GRACE_MS);
    await this.#end('SIGTERM');
    clearTimeout(insist);
  }

  async #look(): Promise<Seen<true>> {
    const child = this.#child;
    if (!this.#isRunning(child)) {
      throw this.#lastWords();
    }
    const access = readApiAccess(homeAt(this.home));
    if (access?.pid !== child?.pid || access === undefined) return { notYet: 'its API is not up' };
    const answer = await fetch(`http://${access.host}:${String(access.port)}/ready`);
    return answer.ok ? { is: true } : { notYet: `/ready answers ${String(answer.status)}` };
  }

  #isRunning(child: ChildProcess | undefined): boolean {
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.#isRunning(child)) return;
    this.#ending = child;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  #ended(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (child === this.#ending) return;
    const how = signal === null ? `exit code ${String(code)}` : signal;
    this.#options.onUnplannedEnd(this.nation, how);
  }

  /** Why the process ended by itself, as its log tells it. */
  #lastWords(): TestnetFailure {
    const log = tail(this.#options.logFile, 800);
    const taken = /PORT_IN_USE|EADDRINUSE/.test(log);
    return new TestnetFailure(
      taken ? 'PORT_TAKEN' : 'NODE_DIED',
      taken ? `${this.nation}'s port was taken meanwhile: ${log}` : `${this.nation}'s node: ${log}`,
      taken ? 'run it again: it chooses other ports' : `see ${this.#options.logFile}`,
    );
  }
}

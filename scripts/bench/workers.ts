import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Answer } from './worker-door.js';

/** What stops a worker that does not end by itself. */
const GRACE_MS = 5_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A child process of this bench and the calls made to it. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #next = 0;

  constructor(script: string, args: readonly string[]) {
    const file = fileURLToPath(new URL(script, import.meta.url));
    this.#child = fork(file, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      this.#answered(message as Answer);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        for (const { reject } of this.#waiting.values()) {
          reject(new Error(`a worker ended: ${signal ?? String(code)}`));
        }
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Asks the worker for something; `T` is what that verb answers. */
  call<T>(verb: string, args: unknown = null): Promise<T> {
    const id = this.#next++;
    return new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, verb, args }, (error) => {
        if (error !== null) reject(error);
      });
    }) as Promise<T>;
  }

  /** Closes its channel, which ends it; after a while it is killed by its id. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error === undefined) waiting?.resolve(answer.value);
    else waiting?.reject(new Error(answer.error));
  }
}

/** Processes of one bench, with a folder for each. */
export interface Crew {
  readonly workers: readonly Worker[];
  readonly dir: string;
}

/** Runs `work` with `n` processes of a script; ends them and removes their folders after it. */
export async function withWorkers<T>(
  script: string,
  n: number,
  work: (crew: Crew) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'entente-bench-'));
  const workers: Worker[] = [];
  const clean = (): void => {
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', clean);
  try {
    for (let i = 0; i < n; i++) {
      const own = join(dir, String(i));
      mkdirSync(own);
      workers.push(new Worker(script, [String(i), String(n), own]));
    }
    return await work({ workers, dir });
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    process.off('exit', clean);
    clean();
  }
}

/** The same call to all, at once; answers in their order. */
export function callAll<T>(crew: Crew, verb: string, args: unknown = null): Promise<T[]> {
  return Promise.all(crew.workers.map((worker) => worker.call<T>(verb, args)));
}

/** Lets every worker start and find all others. */
export async function assembled(crew: Crew): Promise<void> {
  const addresses = await callAll<string>(crew, 'start');
  await callAll(crew, 'meet', addresses);
}

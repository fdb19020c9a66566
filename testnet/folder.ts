import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemCode, TestnetFailure } from './failure.js';
import { commandLine, endProcess, isAlive } from './process-table.js';

const MARKER = 'testnet.json';
const LOCK = 'launcher.lock';
const NODES = 'nodes.json';
const GRACE_MS = 5_000;

interface Lock {
  readonly pid: number;
  readonly startedMs: number;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isLock(value: unknown): value is Lock {
  return (
    typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number'
  );
}

/** The folder of a testnet: everything it writes lies here, and one launcher at a time owns it. */
export class TestnetFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = resolve(dir);
  }

  path(...names: readonly string[]): string {
    return join(this.dir, ...names);
  }

  get controlFile(): string {
    return this.path('control.json');
  }

  /** The launcher that owns the folder now, if it lives. */
  holder(): number | undefined {
    const lock = readJson(this.path(LOCK));
    // The own pid in an older lock: process ids start over in a container.
    return isLock(lock) && lock.pid !== process.pid && isAlive(lock.pid) ? lock.pid : undefined;
  }

  /**
   * Takes the folder for this process and empties it. What a launcher that died left running is
   * ended first. Refuses a folder of something else, and one that a living launcher owns.
   */
  async take(startedMs: number): Promise<void> {
    this.#assertOurs();
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
    this.#lock(startedMs);
    await this.#endLeftovers();
    for (const name of readdirSync(this.dir)) {
      if (name !== LOCK) rmSync(this.path(name), { recursive: true, force: true });
    }
    writeFileSync(this.path(MARKER), '{"what":"an entente testnet: may be removed as a whole"}\n');
  }

  release(): void {
    rmSync(this.controlFile, { force: true });
    rmSync(this.path(NODES), { force: true });
    rmSync(this.path(LOCK), { force: true });
  }

  /** Notes the processes of this testnet for whoever comes after a launcher that died. */
  noteNodes(pids: readonly number[]): void {
    writeFileSync(this.path(NODES), `${JSON.stringify(pids)}\n`, { mode: 0o600 });
  }

  #assertOurs(): void {
    if (!existsSync(this.dir)) return;
    const names = readdirSync(this.dir);
    if (names.length === 0 || names.includes(MARKER) || names.includes(LOCK)) return;
    throw new TestnetFailure(
      'FOLDER_NOT_OURS',
      `${this.dir} holds other files than a testnet's; it is left alone`,
      'name an empty folder with --dir',
    );
  }

  #lock(startedMs: number): void {
    const content = JSON.stringify({ pid: process.pid, startedMs } satisfies Lock);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        writeFileSync(this.path(LOCK), content, { flag: 'wx', mode: 0o600 });
        return;
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
      }
      if (this.holder() !== undefined) break;
      rmSync(this.path(LOCK), { force: true });
    }
    throw new TestnetFailure(
      'FOLDER_IN_USE',
      `a testnet already runs in ${this.dir} (process ${String(this.holder() ?? 0)})`,
      'end it first (Ctrl-C there, or: entente testnet down), or name another folder with --dir',
    );
  }

  async #endLeftovers(): Promise<void> {
    const pids = readJson(this.path(NODES));
    if (!Array.isArray(pids)) return;
    const ours = pids
      .filter((pid): pid is number => typeof pid === 'number' && isAlive(pid))
      // A number may belong to another program by now: only a node of this folder is ended.
      .filter((pid) => commandLine(pid)?.includes(this.dir) === true);
    await Promise.all(ours.map((pid) => endProcess(pid, GRACE_MS)));
  }
}

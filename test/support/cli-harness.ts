import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Doors } from '../../src/cli/doors.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/run.js';
import type { NodeService } from '../../src/app/service.js';
import type { Kid, Nation } from '../../src/domain/ids.js';
import { createHome, writeNation } from '../../src/node/home.js';
import { serveNode } from '../../src/node/serve.js';
import type { ServedNode } from '../../src/node/serve.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The one JSON document of stdout. */
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface IoOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Answers of a person at a terminal; absent: nobody can be asked. */
  readonly person?: { readonly hidden?: readonly string[]; readonly confirms?: boolean };
  readonly onStop?: Io['onStop'];
  readonly exit?: Io['exit'];
}

export const NOW_MS = Date.UTC(2026, 10, 25);

const noDoors: Doors = {
  createNode: () => Promise.reject(new Error('no node in this test')),
  openOfflineService: () => Promise.reject(new Error('no store in this test')),
  verifySettlement: () => Promise.reject(new Error('no verifier in this test')),
};

/** An io that keeps what a command says. */
export function captureIo(options: IoOptions = {}): Io & { out_: string[]; err_: string[] } {
  const out: string[] = [];
  const err: string[] = [];
  const hidden = [...(options.person?.hidden ?? [])];
  return {
    out_: out,
    err_: err,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    interactive: options.person !== undefined,
    askHidden: async () => hidden.shift() ?? '',
    confirm: async () => options.person?.confirms === true,
    onStop: options.onStop ?? (() => () => undefined),
    exit: options.exit ?? (() => undefined),
    nowMs: () => NOW_MS,
  };
}

/** Runs one command line in this process. */
export async function run(
  argv: readonly string[],
  options: IoOptions = {},
  doors: Partial<Doors> = {},
): Promise<Ran> {
  const io = captureIo(options);
  const code = await main(argv, io, { ...noDoors, ...doors });
  const out = io.out_.join('');
  let json: unknown;
  try {
    json = JSON.parse(out);
  } catch {
    // Text for people.
  }
  return { code, out, err: io.err_.join(''), json };
}

/** A home with a configuration and no keys. */
export function bareHome(dir: string, nation = 'AUS', config = ''): string {
  const home = createHome(join(dir, nation.toLowerCase()));
  writeNation(home, { nation: nation as Nation, root: 'aa'.repeat(32) as Kid });
  writeFileSync(home.configFile, `nation: ${nation}\nlog: { level: silent }\n${config}`);
  return home.dir;
}

/** Serves a service from a home, as a running node does. */
export function serve(home: string, service: NodeService): Promise<ServedNode> {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return serveNode({
    home,
    passphrases: { node: async () => 'node' },
    createNode: async () => ({ service, stop: async () => undefined }),
    log,
  });
}

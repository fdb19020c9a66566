import { type Controls, ControlServer } from './control-server.js';
import { TestnetFailure } from './failure.js';
import { TestnetFolder } from './folder.js';
import { parseGroups } from './link-mesh.js';
import type { Narrator } from './narrator.js';
import { type Code, CODES, isCode, ROLES } from './nations.js';
import { diedFailure, Testnet, type UnplannedEnd } from './testnet.js';

export interface LauncherOptions {
  readonly dir: string;
  readonly seed: number;
  readonly narrator: Narrator;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function codeOf(text: string): Code {
  if (isCode(text)) return text;
  throw new RangeError(`${text} has no node here; these have: ${CODES.join(', ')}`);
}

/** Owns a testnet from its first file to its last process. */
export class Launcher {
  readonly folder: TestnetFolder;
  readonly narrator: Narrator;
  readonly #seed: number;
  readonly #abort = new AbortController();
  readonly #ends: UnplannedEnd[] = [];
  #isLeftUp = false;
  #testnet: Testnet | undefined;
  #control: ControlServer | undefined;

  constructor(options: LauncherOptions) {
    this.folder = new TestnetFolder(options.dir);
    this.narrator = options.narrator;
    this.#seed = options.seed;
  }

  /** Ends every wait of this run; its reason says why. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Nodes that ended although nobody asked them to. */
  get unplannedEnds(): readonly UnplannedEnd[] {
    return this.#ends;
  }

  get testnet(): Testnet {
    if (this.#testnet === undefined) throw new Error('the testnet is not up yet');
    return this.#testnet;
  }

  /** Founds the nations and starts their nodes. The folder has to be taken before. */
  async up(): Promise<Testnet> {
    const { folder, narrator, signal } = this;
    this.#testnet = await Testnet.create({
      folder,
      seed: this.#seed,
      narrator,
      signal,
      onUnplannedEnd: (end) => this.#died(end),
    });
    await this.#testnet.open();
    this.#control = new ControlServer(this.#controls(this.#testnet));
    await this.#control.start(folder.controlFile);
    return this.#testnet;
  }

  /** True once the run is over and the nodes are left to people. */
  get isLeftUp(): boolean {
    return this.#isLeftUp;
  }

  /** From now on a node may be missing: the run is over, people play with what is up. */
  leaveUp(): void {
    this.#isLeftUp = true;
  }

  /** True when a person or `testnet down` ended it. */
  get isStopped(): boolean {
    const reason: unknown = this.signal.reason;
    return reason instanceof TestnetFailure && reason.code === 'STOPPED';
  }

  /** Until somebody ends it: Ctrl-C, or `testnet down`. */
  async ended(): Promise<void> {
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** The first asks every process to end; a person who asks again does not wait. */
  readonly #stopBySignal = (name: NodeJS.Signals): void => {
    if (this.signal.aborted) {
      this.#testnet?.killAll();
      process.exit(130);
    }
    this.#abort.abort(new TestnetFailure('STOPPED', `stopped by ${name}`));
  };

  /** Runs `work` while it owns the folder; ends every process and frees the folder after it. */
  async own<T>(work: () => Promise<T>): Promise<T> {
    for (const name of SIGNALS) process.on(name, this.#stopBySignal);
    try {
      await this.folder.take(Date.now());
      try {
        return await work();
      } finally {
        await this.#control?.stop();
        await this.#testnet?.stop();
        this.folder.release();
      }
    } finally {
      for (const name of SIGNALS) process.off(name, this.#stopBySignal);
    }
  }

  #died(end: UnplannedEnd): void {
    if (this.signal.aborted) return;
    this.#ends.push(end);
    this.narrator.step(`${end.nation}'s node ended unplanned: ${end.how}`);
    if (!this.#isLeftUp) this.#abort.abort(diedFailure(end));
  }

  #controls(testnet: Testnet): Controls {
    return {
      status: async () => ({
        pid: process.pid,
        ready: this.#isLeftUp,
        nodes: await nodesStatus(testnet),
        links: testnet.mesh.counters(),
      }),
      partition: async (groups, oneWay) => ({
        cut: testnet.partition(parseGroups(groups, CODES), oneWay),
      }),
      heal: async () => {
        testnet.heal();
        return { cut: [] };
      },
      kill: async (nation) => {
        const code = codeOf(nation);
        const pid = testnet.node(code).pid ?? null;
        await testnet.kill(code);
        return { nation, killed: pid };
      },
      restart: async (nation) => {
        const code = codeOf(nation);
        await testnet.restart(code);
        return { nation, pid: testnet.node(code).pid ?? null };
      },
      down: async () => {
        // After the answer has left: the server is among what ends.
        setTimeout(() => this.#abort.abort(new TestnetFailure('STOPPED', 'taken down')), 100);
        return { down: true };
      },
    };
  }
}

async function nodesStatus(testnet: Testnet): Promise<Readonly<Record<string, unknown>>> {
  const all = await Promise.all(
    CODES.map(async (code) => [code, await nodeStatus(testnet, code)] as const),
  );
  return Object.fromEntries(all);
}

async function nodeStatus(testnet: Testnet, code: Code): Promise<unknown> {
  const { pid } = testnet.node(code);
  const { home } = testnet.layout(code);
  if (pid === undefined) return { role: ROLES[code], home, running: false };
  try {
    const status = await testnet.api(code).status();
    const admitted = status.peers.filter(({ state }) => state === 'admitted');
    return {
      role: ROLES[code],
      home,
      running: true,
      pid,
      addresses: status.addresses,
      peers: admitted.map(({ nation }) => nation),
      events: status.events,
      withheld: status.withheld,
      log: status.log,
    };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { role: ROLES[code], home, running: true, pid, answers: false, detail };
  }
}

import { ApiClient } from '../src/cli/client.js';
import type { Answer } from './entente.js';
import { entente, mustRun } from './entente.js';
import { TestnetFailure } from './failure.js';
import type { TestnetFolder } from './folder.js';
import { type Cut, LinkMesh, loopback } from './link-mesh.js';
import type { Narrator } from './narrator.js';
import { layoutOf, type NationLayout } from './nation-layout.js';
import { type Founded, foundNations, introduceNations } from './nation-setup.js';
import { type Code, CODES, FIRST_PEER } from './nations.js';
import { NodeProcess } from './node-process.js';
import { freePorts } from './ports.js';
import { signalTo } from './process-table.js';

/** A node that ended although nobody asked it to. */
export interface UnplannedEnd {
  readonly nation: string;
  readonly how: string;
}

export interface TestnetOptions {
  readonly folder: TestnetFolder;
  readonly seed: number;
  readonly narrator: Narrator;
  /** Ends every wait: Ctrl-C, or a failure elsewhere. */
  readonly signal: AbortSignal;
  readonly onUnplannedEnd: (end: UnplannedEnd) => void;
}

/** Six nations as processes of their own, and every link between them in the launcher's hand. */
export class Testnet {
  readonly #options: TestnetOptions;
  readonly #layouts: ReadonlyMap<Code, NationLayout>;
  readonly #nodes: ReadonlyMap<Code, NodeProcess>;
  readonly mesh: LinkMesh;

  readonly #founded: ReadonlyMap<Code, Founded>;

  private constructor(
    options: TestnetOptions,
    mesh: LinkMesh,
    nations: {
      readonly layouts: ReadonlyMap<Code, NationLayout>;
      readonly founded: ReadonlyMap<Code, Founded>;
    },
  ) {
    const { layouts, founded } = nations;
    this.#options = options;
    this.mesh = mesh;
    this.#layouts = layouts;
    this.#founded = founded;
    this.#nodes = new Map(
      [...layouts].map(([code, layout]) => [code, this.#process(code, layout)]),
    );
  }

  /** Founds the nations and lays the links between them. Nothing runs yet. */
  static async create(options: TestnetOptions): Promise<Testnet> {
    const { folder, seed, narrator, signal } = options;
    // One port a node, and one where nobody listens: the peer that is always dialled in vain.
    const free = await freePorts(CODES.length + 1, (process.pid * 8) % 10_000);
    const ports = new Map(CODES.map((code, i) => [code, free[i] ?? 0]));
    const dead = loopback(free[CODES.length] ?? 0);
    const mesh = await LinkMesh.create(ports, seed);
    try {
      const layouts = new Map(CODES.map((code) => [code, layoutOf(folder, code)]));
      const founded = await foundNations({
        layouts,
        signal,
        narrator,
        network: (code) => {
          const peer = FIRST_PEER[code];
          const listen = loopback(ports.get(code) ?? 0);
          const known = peer === null ? [] : [loopback(ports.get(peer) ?? 0)];
          const addressMap = mesh.addressMap(code, ports);
          return { listen, bootstrap: [dead, ...known], addressMap };
        },
      });
      return new Testnet(options, mesh, { layouts, founded });
    } catch (error) {
      await mesh.close();
      throw error;
    }
  }

  layout(code: Code): NationLayout {
    const layout = this.#layouts.get(code);
    if (layout === undefined) throw new RangeError(`${code} has no node here`);
    return layout;
  }

  node(code: Code): NodeProcess {
    const node = this.#nodes.get(code);
    if (node === undefined) throw new RangeError(`${code} has no node here`);
    return node;
  }

  /** The API of a nation's node, as its home says where it is now. */
  api(code: Code): ApiClient {
    return ApiClient.at(this.layout(code).home);
  }

  async start(codes: readonly Code[] = CODES): Promise<void> {
    for (const code of codes) this.node(code).start();
    await Promise.all(codes.map((code) => this.node(code).ready(this.#options.signal)));
    this.#note();
  }

  /**
   * The first start: the nodes run, each on its own, while their nations sign whom they trust; then
   * the links open.
   */
  async open(): Promise<void> {
    const { narrator, signal } = this.#options;
    this.partition(CODES.map((code) => [code]));
    await this.start();
    await introduceNations({ layouts: this.#layouts, founded: this.#founded, narrator, signal });
    this.heal();
  }

  async kill(code: Code): Promise<void> {
    await this.node(code).kill();
    this.#note();
  }

  async restart(code: Code): Promise<void> {
    await this.node(code).stop();
    await this.start([code]);
  }

  partition(groups: readonly (readonly string[])[], oneWay = false): readonly Cut[] {
    return this.mesh.partition(groups, oneWay);
  }

  heal(): void {
    this.mesh.heal();
  }

  /** Runs a verb of the CLI as people of this nation do; it has to work. */
  run<T>(code: Code, args: readonly string[]): Promise<T> {
    return mustRun<T>([...args, ...this.layout(code).options], this.#options.signal);
  }

  /** The same, whatever comes of it. */
  attempt(code: Code, args: readonly string[]): Promise<Answer> {
    return entente([...args, ...this.layout(code).options], this.#options.signal);
  }

  /** Ends every node at once, without waiting. */
  killAll(): void {
    for (const { pid } of this.#nodes.values()) if (pid !== undefined) signalTo(pid, 'SIGKILL');
  }

  /** Ends every node and every link. */
  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.stop()));
    await this.mesh.close();
  }

  #process(code: Code, layout: NationLayout): NodeProcess {
    return new NodeProcess({
      nation: code,
      home: layout.home,
      passphraseFile: layout.nodePassphraseFile,
      logFile: layout.logFile,
      onUnplannedEnd: (nation, how) => {
        this.#note();
        this.#options.onUnplannedEnd({ nation, how });
      },
    });
  }

  #note(): void {
    const pids = [...this.#nodes.values()].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    this.#options.folder.noteNodes(pids);
  }
}

export function diedFailure(end: UnplannedEnd): TestnetFailure {
  return new TestnetFailure('NODE_DIED', `${end.nation}'s node ended unplanned: ${end.how}`);
}

import { createSealer, createVault, createVerifier } from '../../src/adapters/keys/index.js';
import type { App } from '../../src/app/create-app.js';
import { createApp } from '../../src/app/create-app.js';
import type { AppConfig, AppPorts } from '../../src/app/parts.js';
import type { ActRequest, ActSigner, EmitRequest, NodeService } from '../../src/app/service.js';
import type { PolicySet } from '../../src/core/policy/index.js';
import { GROUPS, MISSION_POLICY } from '../../src/core/policy/index.js';
import type { Credential } from '../../src/domain/credential.js';
import type { Nation } from '../../src/domain/ids.js';
import type { Refusal } from '../../src/domain/refusal.js';
import type { ActResult, EventView } from '../../src/domain/views.js';
import { feedReader } from '../../src/node/feeds.js';
import { utf8 } from '../../src/base/bytes.js';
import type { Sealer } from '../../src/ports/sealer.js';
import { Random } from '../sim/random.js';
import type { MemoryCarrier, Station } from './app-world-carrier.js';
import type { CrashPoint } from './app-world-life.js';
import { Life } from './app-world-life.js';
import type { AppNation } from './app-world-nation.js';
import { watched } from './app-world-sealer.js';
import type { VirtualTime } from './app-world-time.js';
import { AT_S } from './identity-world.js';
import { MemoryEventLog } from './memory-event-log.js';
import { MemorySafetyStore } from './memory-safety-store.js';
import { MemoryStateStore } from './memory-state-store.js';

/** What may be different at one node. */
export interface NodeOptions {
  readonly policy?: PolicySet;
  readonly sealer?: Sealer;
  /** Own credentials besides the usual ones. */
  readonly credentials?: readonly Credential[];
}

export interface WorldParts {
  readonly time: VirtualTime;
  readonly carrier: MemoryCarrier;
  readonly pending: { count: number };
  /** Roots of all nations of the world. */
  readonly roots: readonly Credential[];
}

const SHIPPED: PolicySet = {
  policies: new Map([[MISSION_POLICY.name, MISSION_POLICY]]),
  groups: new Map(GROUPS.map((group) => [group.name, group])),
};

/** Lines that a node logged at level warn or error. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The node of one nation over stores that outlive its crashes. */
export class AppNode {
  readonly of: AppNation;
  readonly log = new MemoryEventLog();
  readonly state = new MemoryStateStore();
  readonly safety = new MemorySafetyStore();
  readonly lines: LogLine[] = [];
  readonly #parts: WorldParts;
  readonly #options: NodeOptions;
  readonly #random: Random;
  #life = new Life();
  #app: App | undefined;
  #station: Station | undefined;

  constructor(of: AppNation, parts: WorldParts, options: NodeOptions) {
    this.of = of;
    this.#parts = parts;
    this.#options = options;
    this.#random = new Random(utf8(of.nation).reduce((sum, byte) => sum * 31 + byte, 7));
  }

  get nation(): Nation {
    return this.of.nation;
  }

  get running(): boolean {
    return this.#app !== undefined && !this.#life.dead;
  }

  get service(): NodeService {
    if (this.#app === undefined) throw new Error(`${this.nation} is down`);
    return this.#app.service;
  }

  /** A new life over the same stores. Links have to be made again, at the earliest before it connects. */
  async start(beforeConnect: () => void = () => undefined): Promise<void> {
    const life = new Life();
    this.#life = life;
    const app = createApp(this.#config(), this.#ports(life));
    this.#app = app;
    const station: Station = {
      nation: this.nation,
      peerId: `peer-${this.nation}`,
      transport: this.of.transport,
      app,
      topics: new Map(),
      peers: new Map(),
      seen: new Set(),
    };
    this.#station = station;
    await app.load();
    const { carrier } = this.#parts;
    carrier.add(station);
    beforeConnect();
    await app.connect({ links: carrier.linksOf(station), gossip: carrier.gossipOf(station) });
  }

  /** Ends this life without a word. */
  crash(): void {
    this.#life.end();
    this.#gone();
  }

  /** Lets this life end at a write. */
  crashAt(point: CrashPoint): void {
    this.#life.endAt(point, () => {
      this.#gone();
    });
  }

  async act(request: ActRequest, signer: ActSigner = this.of.hand()): Promise<ActResult> {
    const answer = await this.service.act(request, signer);
    if (answer.ok) return answer.value;
    const { code, field, rule, detail } = answer.error;
    throw new Error(`${this.nation} ${request.act}: ${code} ${field} ${rule}: ${detail}`);
  }

  /** The refusal that an act meets. */
  async refused(request: ActRequest, signer: ActSigner = this.of.hand()): Promise<Refusal> {
    const answer = await this.service.act(request, signer);
    if (!answer.ok) return answer.error;
    throw new Error(`${this.nation} ${request.act} was not refused`);
  }

  async emit(request: EmitRequest): Promise<EventView> {
    const answer = await this.service.emit(request);
    if (answer.ok) return answer.value;
    const { code, field, rule, detail } = answer.error;
    throw new Error(`${this.nation} emit: ${code} ${field} ${rule}: ${detail}`);
  }

  #gone(): void {
    const station = this.#station;
    this.#app = undefined;
    this.#station = undefined;
    if (station === undefined) return;
    this.#parts.carrier.forget(station);
    this.#parts.carrier.remove(this.nation);
  }

  #config(): AppConfig {
    const foreign = this.#parts.roots.filter(({ issuer }) => issuer !== this.nation);
    const identity = this.of.identity();
    return {
      ...identity,
      ownCredentials: [...identity.ownCredentials, ...(this.#options.credentials ?? [])],
      foreignRoots: foreign,
      policy: this.#options.policy ?? SHIPPED,
      timing: { checkpointIntervalMs: 1000, viewBaseMs: 500, viewMaxMs: 8000 },
      process: { pid: 1, startedMs: AT_S * 1000 },
    };
  }

  #ports(life: Life): AppPorts {
    const { time, pending } = this.#parts;
    const note =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
        this.lines.push({ level, message, fields });
      };
    const verifier = createVerifier();
    return {
      clock: time,
      timers: { after: (ms, run) => time.after(ms, life.alive(run)) },
      entropy: {
        bytes: (length) => Uint8Array.from({ length }, () => this.#random.between(0, 255)),
      },
      verifier: {
        ...verifier,
        verifyAsync: (...args) => Promise.resolve(verifier.verify(...args)),
      },
      sealer: watched(this.#options.sealer ?? createSealer([this.of.hpke]), pending),
      vault: createVault(this.of.hpke.privateKey),
      log: life.guard(this.log, 'log'),
      state: life.guard(this.state, 'state'),
      safety: life.guard(this.safety, 'safety'),
      feeds: feedReader,
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: note('warn'),
        error: note('error'),
      },
    };
  }
}

import type { PeerRef, ReplicaConfig, SafetyRules } from '../../src/core/consensus/index.js';
import { DEFAULT_LIMITS, DEFAULT_TIMING } from '../../src/core/consensus/index.js';
import type { ConsensusMessage, EpochState } from '../../src/domain/consensus.js';
import { ByzantineNode } from './byzantine-node.js';
import { Checkers } from './checkers.js';
import { EventHeap } from './event-heap.js';
import type { Keys } from './keys.js';
import { ed25519Keys, epochOf, stubKeys } from './keys.js';
import { Network } from './network.js';
import { Random } from './random.js';
import type { World } from './sim-node.js';
import { SimNode } from './sim-node.js';
import type { Settled } from './toy-rules.js';
import { TOY_RULES, toyEntry } from './toy-rules.js';
import { CrashPoints, Trace } from './trace.js';

export interface RunOptions {
  readonly seed: number;
  readonly n: number;
  readonly byzantine?: readonly number[];
  readonly safetyRules?: SafetyRules;
  readonly realKeys?: boolean;
  readonly learners?: number;
  readonly entries?: number;
  readonly faults?: boolean;
  /** Overrides the quorum: only to show that a wrong one breaks agreement. */
  readonly q?: number;
}

export interface RunResult {
  readonly height: number;
  readonly sent: number;
  readonly equivocations: number;
  readonly settledAtMs: number;
  readonly views: number;
  /** Hash of everything that was delivered, signed and lost, in order and with its time. */
  readonly trace: string;
  readonly crashPoints: CrashPoints;
}

/** The run that a seed stands for: its size, liars, learners and keys follow from the number. */
export function optionsOf(seed: number): RunOptions {
  const n = 1 + (seed % 7);
  return {
    seed,
    n,
    byzantine: n >= 4 && seed % 3 === 0 ? [seed % n] : [],
    learners: seed % 5 === 0 ? 1 : 0,
    realKeys: seed % 97 === 0,
  };
}

const FAULTS = [
  'partition',
  'one-way',
  'crash',
  'crash-at-work',
  'crash-at-work',
  'power-cut',
  'power-cut-at-work',
  'rejoin',
] as const;
const HOUR = 3_600_000;
const FAULTY_MS = 20_000;
const HEALED_MAX_MS = 600_000;

/** One deterministic run: faults, healing, drain, and an hour of silence. */
export class ConsensusWorld implements World {
  readonly heap = new EventHeap();
  readonly checkers: Checkers;
  readonly n: number;
  readonly epoch: EpochState;
  readonly network: Network;
  readonly nodes = new Map<PeerRef, SimNode>();
  readonly #random: Random;
  readonly #keys: Keys;
  readonly #options: RunOptions;
  readonly #pending: { readonly key: string; readonly bytes: Uint8Array }[] = [];
  readonly #trace = new Trace();
  readonly #crashPoints = new CrashPoints();
  #faulty = true;

  constructor(options: RunOptions) {
    const { seed, n, byzantine = [] } = options;
    this.#options = options;
    this.n = n;
    this.#random = new Random(seed);
    this.#keys = options.realKeys === true ? ed25519Keys(n) : stubKeys(n);
    this.epoch = { ...epochOf(this.#keys), ...(options.q !== undefined && { q: options.q }) };
    const honest = Array.from({ length: n }, (_, i) => i).filter((i) => !byzantine.includes(i));
    const learners = Array.from({ length: options.learners ?? 0 }, (_, i) => -1 - i);
    this.checkers = new Checkers(new Set([...honest, ...learners]));
    this.network = new Network(this.heap, this.#random, seed % 4 === 0, (from, to, message) => {
      this.#trace.add(this.heap.now, from, to, message.type);
      this.nodes.get(to)?.feed({ kind: 'message', from, message });
    });
    for (let self = 0; self < n; self++) this.#addMember(self, byzantine.includes(self));
    for (let i = 0; i < (options.learners ?? 0); i++) {
      const name = `observer-${i}`;
      this.nodes.set(name, new SimNode(name, this.#config(undefined), this));
    }
  }

  #config(self: number | undefined): ReplicaConfig<Settled> {
    const { seed, safetyRules } = this.#options;
    return {
      epoch: this.epoch,
      ...(self !== undefined && { self }),
      rules: TOY_RULES,
      verify: this.#keys.verify,
      timing: DEFAULT_TIMING,
      limits: DEFAULT_LIMITS,
      jitterSeed: seed * 31 + (self ?? 99),
      ...(safetyRules && { safetyRules }),
    };
  }

  #addMember(self: number, byzantine: boolean): void {
    const config = this.#config(self);
    const node = byzantine
      ? new ByzantineNode(self, config, this)
      : new SimNode(self, config, this);
    if (node instanceof ByzantineNode) {
      node.epoch = this.epoch;
      node.forge = (preimage) => this.#keys.sign(self, preimage);
    }
    this.nodes.set(self, node);
  }

  send(from: PeerRef, to: PeerRef, message: ConsensusMessage): void {
    this.network.send(from, to, message);
  }

  sign(member: number, preimage: Uint8Array): Uint8Array {
    this.#trace.add(this.heap.now, 'sign', member, preimage);
    return this.#keys.sign(member, preimage);
  }

  syncMs(): number {
    return this.#random.between(0, 3);
  }

  tornWrite(): 'nothing' | 'all' | 'batch' {
    return this.#random.pick(['nothing', 'all', 'batch'] as const);
  }

  onCrash(node: PeerRef, point: string): void {
    this.#trace.add(this.heap.now, 'crash', node, point);
    this.#crashPoints.hit(point);
  }

  run(): RunResult {
    for (const node of this.nodes.values()) node.start(true);
    this.#connectAll();
    this.#submitEntries(this.#options.entries ?? 12);
    if (this.#options.faults !== false) this.#scheduleFaults();
    this.heap.runTo(FAULTY_MS);
    this.#heal();
    const settledAtMs = this.#untilSettled();
    this.heap.runTo(this.heap.now + 120_000);
    this.#expectSilence();
    for (const [name, { status }] of this.nodes) {
      this.#trace.add(name, status.tip.block, status.tip.height, status.view);
    }
    return {
      height: this.checkers.height,
      sent: this.network.sent,
      equivocations: this.checkers.equivocations.length,
      settledAtMs: settledAtMs - FAULTY_MS,
      views: Math.max(...[...this.nodes.values()].map((node) => node.status.view)),
      trace: this.#trace.digest(),
      crashPoints: this.#crashPoints,
    };
  }

  #pairs(): readonly (readonly [PeerRef, PeerRef])[] {
    const names = [...this.nodes.keys()];
    return names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b] as const));
  }

  #connect(a: PeerRef, b: PeerRef): void {
    if (typeof a === 'string' && typeof b === 'string') return;
    if (this.nodes.get(b)?.up === true)
      this.nodes.get(a)?.feed({ kind: 'peer-connected', peer: b });
  }

  #connectAll(): void {
    for (const [a, b] of this.#pairs()) this.#connect(a, b);
  }

  #submitEntries(count: number): void {
    for (let i = 0; i < count; i++) {
      const key = `key-${i}`;
      const after = i > 0 && this.#random.chance(0.2) ? `key-${i - 1}` : '';
      this.#pending.push({ key, bytes: toyEntry(key, after) });
      // Two entries under one key: only one may ever be settled.
      if (this.#random.chance(0.1)) this.#pending.push({ key, bytes: toyEntry(key, '', 'other') });
    }
    for (const entry of this.#pending)
      this.#submitUntilSettled(entry, this.#random.between(0, 15_000));
  }

  #submitUntilSettled(
    entry: { readonly key: string; readonly bytes: Uint8Array },
    ms: number,
  ): void {
    this.heap.after(ms, () => {
      if (this.checkers.settled(entry.key)) return;
      const up = [...this.nodes.values()].filter(
        (node) => node.up && typeof node.name === 'number',
      );
      if (up.length > 0)
        this.#random.pick(up).feed({ kind: 'entry-submitted', bytes: entry.bytes });
      this.#submitUntilSettled(entry, this.#random.between(2000, 6000));
    });
  }

  #scheduleFaults(): void {
    const random = this.#random;
    this.network.lossRate = random.pick([0, 0, 0.05, 0.2, 0.4]);
    this.network.duplicateRate = random.pick([0, 0.1]);
    this.network.delayMaxMs = random.pick([10, 40, 150, 600]);
    const count = random.between(0, 14);
    for (let i = 0; i < count; i++) {
      this.heap.after(random.between(0, FAULTY_MS - 1000), () => this.#faulty && this.#fault());
    }
  }

  #fault(): void {
    const random = this.#random;
    switch (random.pick(FAULTS)) {
      case 'partition': {
        const side = new Map([...this.nodes.keys()].map((name) => [name, random.chance(0.5)]));
        for (const [a, b] of this.#pairs()) if (side.get(a) !== side.get(b)) this.#cut(a, b);
        return;
      }
      case 'one-way':
        for (const [a, b] of this.#pairs()) if (random.chance(0.15)) this.#cut(a, b);
        return;
      case 'crash':
        this.crash(random.pick([...this.nodes.keys()]));
        return;
      case 'crash-at-work':
        this.nodes.get(random.pick([...this.nodes.keys()]))?.crashWithin(random.between(0, 8));
        return;
      case 'power-cut':
        for (const name of this.nodes.keys()) this.crash(name);
        return;
      case 'power-cut-at-work':
        for (const node of this.nodes.values()) node.crashWithin(random.between(0, 8));
        return;
      case 'rejoin':
        for (const [a, b] of this.#pairs()) this.#join(a, b);
    }
  }

  #cut(from: PeerRef, to: PeerRef): void {
    this.network.cut(from, to);
    // A stream that is cut is noticed by one end or the other, or by neither.
    if (this.#random.chance(0.5)) this.nodes.get(from)?.feed({ kind: 'peer-dropped', peer: to });
  }

  #join(from: PeerRef, to: PeerRef): void {
    if (!this.network.isCut(from, to)) return;
    this.network.join(from, to);
    this.#connect(from, to);
  }

  crash(name: PeerRef): void {
    this.nodes.get(name)?.crash();
    this.heap.after(this.#random.between(10, 4000), () => this.#restart(name));
  }

  #restart(name: PeerRef): void {
    const node = this.nodes.get(name);
    if (node === undefined || node.up) return;
    node.start(node.disk.record === undefined);
    for (const other of this.nodes.keys()) {
      if (other === name || this.network.isCut(other, name)) continue;
      this.#connect(name, other);
      this.#connect(other, name);
    }
  }

  #heal(): void {
    this.#faulty = false;
    this.network.lossRate = 0;
    this.network.duplicateRate = 0;
    this.network.delayMaxMs = 20;
    for (const [name, node] of this.nodes) {
      node.crashWithin(Infinity);
      this.#restart(name);
    }
    for (const [a, b] of this.#pairs()) this.network.join(a, b);
    this.#connectAll();
  }

  #honestNodes(): readonly SimNode[] {
    return [...this.nodes.values()].filter((node) => !(node instanceof ByzantineNode));
  }

  #untilSettled(): number {
    const end = this.heap.now + HEALED_MAX_MS;
    const done = (): boolean =>
      this.#pending.every(({ key }) => this.checkers.settled(key)) &&
      this.#honestNodes().every((node) => node.status.tip.height >= this.checkers.settledHeight);
    while (!done()) {
      if (this.heap.now > end) throw new Error(`STUCK: ${this.#describe()}`);
      this.heap.runTo(this.heap.now + 100);
    }
    return this.heap.now;
  }

  #describe(): string {
    const open = this.#pending.filter(({ key }) => !this.checkers.settled(key)).length;
    const nodes = [...this.nodes].map(([name, node]) => `${name}=${JSON.stringify(node.status)}`);
    return `${open} open; ${nodes.join('; ')}`;
  }

  #expectSilence(): void {
    const before = this.network.sent;
    const running = this.#honestNodes().filter((node) => node.timersRunning > 0);
    if (running.length > 0) throw new Error(`TIMER: ${running.map((node) => node.name).join()}`);
    this.heap.runTo(this.heap.now + HOUR);
    if (this.network.sent !== before)
      throw new Error(`CHATTER: ${this.network.sent - before} messages`);
  }
}

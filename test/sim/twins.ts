import type {
  Accusation,
  Effect,
  ForensicsRefusal,
  PeerRef,
  ReplicaConfig,
  SafetyRules,
  SettlementRules,
} from '../../src/core/consensus/index.js';
import {
  accuse,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  provesMisuse,
} from '../../src/core/consensus/index.js';
import { SAFETY_RULES } from '../../src/core/consensus/safety-rules.js';
import type { Result } from '../../src/base/result.js';
import type { CommittedBlock, ConsensusMessage, EpochState } from '../../src/domain/consensus.js';
import { Checkers } from './checkers.js';
import { EventHeap } from './event-heap.js';
import type { Keys } from './keys.js';
import { epochOf, stubKeys } from './keys.js';
import type { World } from './sim-node.js';
import { SimNode } from './sim-node.js';
import type { Settled } from './toy-rules.js';
import { TOY_RULES, toyEntry } from './toy-rules.js';
import type { TwinScenario } from './twin-scenarios.js';

export interface TwinResult {
  /** Blocks that honest members settled out of views in which the scenario ruled. */
  readonly settled: number;
  /** Honest members settled different blocks at one height. */
  readonly conflict?: Result<Accusation, ForensicsRefusal>;
}

const HOP_MS = 1;
const LIMIT_MS = 120_000;
/** Views after the scheduled ones in which what is open can be settled. */
const VIEWS_AFTER = 1;
/** A timeout that is repeated so often has found its way around every partition. */
const TIMEOUT_PASSES = 2;

const KEYS = new Map<number, { readonly keys: Keys; readonly epoch: EpochState }>();

function membersOf(n: number): { readonly keys: Keys; readonly epoch: EpochState } {
  let held = KEYS.get(n);
  if (held === undefined) {
    const keys = stubKeys(n);
    held = { keys, epoch: epochOf(keys) };
    KEYS.set(n, held);
  }
  return held;
}

const ENTRIES = Array.from({ length: 16 }, (_, i) => toyEntry(`key-${i}`));
const IDENTITIES = new Map(ENTRIES.map((bytes) => [bytes, TOY_RULES.identify(bytes)]));
/** The same few bodies go through every scenario: they are hashed once. */
const RULES: SettlementRules<Settled> = {
  ...TOY_RULES,
  identify: (bytes) => IDENTITIES.get(bytes) ?? TOY_RULES.identify(bytes),
};

class Instance extends SimNode {
  readonly #twins: TwinWorld;
  readonly #index: number;
  readonly #timeouts = new Map<number, number>();

  constructor(index: number, member: number, config: ReplicaConfig<Settled>, world: TwinWorld) {
    super(member, config, world);
    this.#index = index;
    this.#twins = world;
  }

  protected override performNow(effect: Exclude<Effect, { kind: 'persist' }>): void {
    // Beyond f a replica may well see that final blocks contradict each other, and stops.
    if (effect.kind === 'halt' && this.#twins.beyondBounds) return;
    if (effect.kind === 'broadcast' && effect.message.type === 'timeout') {
      const { view } = effect.message.timeout;
      this.#timeouts.set(view, (this.#timeouts.get(view) ?? 0) + 1);
    }
    super.performNow(effect);
  }

  protected override transmit(to: PeerRef, message: ConsensusMessage): void {
    const passes =
      message.type === 'timeout' &&
      (this.#timeouts.get(message.timeout.view) ?? 0) >= TIMEOUT_PASSES;
    this.#twins.route({ from: this.#index, view: this.status.view, passes }, to, message);
  }
}

interface Origin {
  readonly from: number;
  /** The view that the sender is in decides which partition holds. */
  readonly view: number;
  readonly passes: boolean;
}

/** One scenario, played on the protocol core in virtual time. */
class TwinWorld implements World {
  readonly heap = new EventHeap();
  readonly checkers: Checkers;
  readonly n: number;
  readonly beyondBounds: boolean;
  readonly #scenario: TwinScenario;
  readonly #safetyRules: SafetyRules;
  readonly #keys: Keys;
  readonly #epoch: EpochState;
  readonly #instances: Instance[] = [];
  readonly #ofMember: number[][];
  readonly #honest: readonly Instance[];
  #open = false;
  #looked = 0;

  constructor(scenario: TwinScenario, safetyRules: SafetyRules) {
    const { n, twins, views } = scenario;
    this.#safetyRules = safetyRules;
    const { keys, epoch } = membersOf(n);
    this.n = n;
    this.#scenario = scenario;
    this.#keys = keys;
    this.beyondBounds = twins.length >= 2 * epoch.q - n;
    const leaders = Array.from({ length: 256 }, (_, v) => views[v - 1]?.leader ?? v % n);
    this.#epoch = { ...epoch, order: leaders };
    const members = Array.from({ length: n }, (_, member) => member);
    this.checkers = new Checkers(new Set(members.filter((member) => !twins.includes(member))));
    this.#ofMember = members.map((member) => [member]);
    [...members, ...twins].forEach((member, index) => {
      if (index >= n) this.#ofMember[member]!.push(index);
      this.#instances.push(new Instance(index, member, this.#config(member, index), this));
    });
    this.#honest = this.#instances.filter(({ name }) => this.checkers.honest.has(name as number));
  }

  #config(self: number, jitterSeed: number): ReplicaConfig<Settled> {
    return {
      epoch: this.#epoch,
      self,
      rules: RULES,
      verify: this.#keys.verify,
      timing: DEFAULT_TIMING,
      limits: { ...DEFAULT_LIMITS, blockEntriesMax: 1 },
      jitterSeed,
      safetyRules: this.#safetyRules,
    };
  }

  send(): void {
    throw new Error('an instance sends by route');
  }

  sign(member: number, preimage: Uint8Array): Uint8Array {
    return this.#keys.sign(member, preimage);
  }

  syncMs(): number {
    return 0;
  }

  tornWrite(): 'nothing' {
    return 'nothing';
  }

  crash(): void {
    throw new Error('nobody crashes here');
  }

  onCrash(): void {
    this.crash();
  }

  route({ from, view, passes }: Origin, to: PeerRef, message: ConsensusMessage): void {
    if (!this.#open || typeof to !== 'number') return;
    const sides = passes ? undefined : this.#scenario.views[view - 1]?.sides;
    const member = this.#instances[from]!.name;
    const told = this.checkers.honest.has(to) ? message : withoutPast(message);
    for (const index of this.#ofMember[to] ?? []) {
      if (sides !== undefined && sides[index] !== sides[from]) continue;
      const instance = this.#instances[index]!;
      this.heap.after(HOP_MS, () =>
        instance.feed({ kind: 'message', from: member, message: told }),
      );
    }
  }

  play(): TwinResult {
    this.#begin();
    try {
      while (!this.#over() && this.heap.runNext(LIMIT_MS));
    } catch (error) {
      if (!(error as Error).message.startsWith('AGREEMENT')) throw error;
      return { settled: this.#settled(), conflict: this.#accuse() };
    }
    return { settled: this.#settled() };
  }

  #begin(): void {
    for (const instance of this.#instances) {
      instance.start(true);
      for (let peer = 0; peer < this.n; peer++) {
        if (peer !== instance.name) instance.feed({ kind: 'peer-connected', peer });
      }
    }
    this.heap.runTo(0);
    this.#open = true;
    // Everyone holds the same entries in another order, so two leaders propose different blocks.
    this.#instances.forEach((instance, i) => {
      const bodies = [...ENTRIES.slice(i), ...ENTRIES.slice(0, i)];
      const from = ((instance.name as number) + 1) % this.n;
      instance.feed({ kind: 'message', from, message: { type: 'entries', bodies } });
    });
  }

  #over(): boolean {
    const { now } = this.heap;
    if (now === this.#looked) return false;
    this.#looked = now;
    const enough = this.#scenario.views.length + VIEWS_AFTER;
    return this.#honest.every(({ status }) => status.view > enough);
  }

  #settled(): number {
    const last = this.#scenario.views.length;
    const ids = this.#honest.flatMap(({ disk }) =>
      disk.commits.filter(({ record }) => record.header.view <= last).map(({ id }) => id),
    );
    return new Set(ids).size;
  }

  /** What somebody who reads all disks finds out. */
  #accuse(): Result<Accusation, ForensicsRefusal> {
    const [a, b] = rivals(this.#honest.map(({ disk }) => disk.commits));
    const [first, second] = [a.certificate, b.certificate].sort((x, y) => x.view - y.view);
    const records = this.#instances.flatMap(({ disk }) => [
      ...disk.blocks.values(),
      ...disk.commits.map(({ record }) => record),
    ]);
    const { verify } = this.#keys;
    const epoch = this.#epoch;
    const result = accuse({ epoch, first: first!, second: second!, records, verify });
    if (!result.ok) return result;
    if (!result.value.evidence.every((evidence) => provesMisuse(epoch, evidence, verify))) {
      throw new Error('FORENSICS: evidence does not hold');
    }
    return result;
  }
}

/** A copy does not listen when a peer tells it what its other self has signed. */
function withoutPast(message: ConsensusMessage): ConsensusMessage {
  if (message.type !== 'status') return message;
  const { yourNewest, ...status } = message.status;
  return { type: 'status', status };
}

/** The lowest blocks of one height that differ. */
function rivals(chains: readonly (readonly CommittedBlock[])[]): [CommittedBlock, CommittedBlock] {
  for (let i = 0; chains.some((chain) => chain.length > i); i++) {
    const blocks = chains.flatMap((chain) => chain[i] ?? []);
    const other = blocks.find(({ id }) => id !== blocks[0]?.id);
    if (blocks[0] !== undefined && other !== undefined) return [blocks[0], other];
  }
  throw new Error('no two blocks of one height differ');
}

/**
 * Plays a scenario; throws at anything but broken agreement that must never happen. Other rules
 * than the protocol's only show that the scenarios tell the difference.
 */
export function playTwins(
  scenario: TwinScenario,
  safetyRules: SafetyRules = SAFETY_RULES,
): TwinResult {
  return new TwinWorld(scenario, safetyRules).play();
}

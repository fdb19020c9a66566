import { fromUtf8 } from '../../src/base/bytes.js';
import type {
  Effect,
  Input,
  PeerRef,
  ReplicaConfig,
  ReplicaState,
} from '../../src/core/consensus/index.js';
import { createReplica, replicaStatus, step } from '../../src/core/consensus/index.js';
import type { CommittedBlock, ConsensusMessage } from '../../src/domain/consensus.js';
import type { EventHeap } from './event-heap.js';
import type { Checkers } from './checkers.js';
import { Disk } from './disk.js';
import type { Settled } from './toy-rules.js';
import { NOTHING_SETTLED, TOY_RULES } from './toy-rules.js';

type Event =
  Input<Settled> extends infer I ? (I extends { at: number } ? Omit<I, 'at'> : never) : never;

/** What a node reaches of its world. */
export interface World {
  readonly heap: EventHeap;
  readonly checkers: Checkers;
  readonly n: number;
  send(from: PeerRef, to: PeerRef, message: ConsensusMessage): void;
  sign(member: number, preimage: Uint8Array): Uint8Array;
  syncMs(): number;
  /** What of a write in flight reaches the disk when the node crashes. */
  tornWrite(): 'nothing' | 'all' | 'batch';
  /** Takes the node down, and up again some time later. */
  crash(node: PeerRef): void;
  /** The node goes down just here. */
  onCrash(node: PeerRef, point: string): void;
}

function named(effect: Effect): string {
  switch (effect.kind) {
    case 'sign':
      return `signing ${effect.request.statement.kind}`;
    case 'send':
    case 'broadcast':
      return `sending ${effect.message.type}`;
    default:
      return effect.kind;
  }
}

/** What a write in flight stands in front of. */
function behindWrite(effects: readonly Effect[]): string {
  const next = effects.find(({ kind }) => kind === 'sign' || kind === 'commit');
  if (next?.kind === 'sign') return next.request.statement.kind;
  return next === undefined ? 'nothing' : 'delivery';
}

/** The shell of one replica: a mailbox, effects in order, a disk, and crashes between any two. */
export class SimNode {
  readonly name: PeerRef;
  disk = new Disk();
  up = false;
  readonly #world: World;
  readonly #config: ReplicaConfig<Settled>;
  #state: ReplicaState<Settled>;
  #mailbox: Event[] = [];
  #effects: Effect[] = [];
  #busy = false;
  #life = 0;
  #crashAt: number | undefined;
  readonly #timers = new Map<string, number>();

  constructor(name: PeerRef, config: ReplicaConfig<Settled>, world: World) {
    this.name = name;
    this.#config = config;
    this.#world = world;
    this.#state = createReplica(config);
  }

  get timersRunning(): number {
    return this.#timers.size;
  }

  get status(): ReturnType<typeof replicaStatus> {
    return replicaStatus(this.#state);
  }

  start(firstStart: boolean): void {
    this.#life++;
    this.up = true;
    this.#state = createReplica(this.#config);
    const stored = this.disk.load(firstStart);
    // What was stored but not handed on before the crash is handed on now.
    const height = stored.committed?.height ?? 0;
    const delivered = this.#world.checkers.onRestart(this.#checkerName(), height);
    for (const block of this.disk.commits.slice(delivered)) this.#handOn(block);
    let state = NOTHING_SETTLED;
    for (const block of this.disk.commits) {
      for (const entry of block.entries) state = TOY_RULES.apply(state, entry.bytes, block.height);
    }
    this.#mailbox = [];
    this.feed({ kind: 'recovered', stored, state });
  }

  /** Goes down before this many more effects are done, whatever the next one is. */
  crashWithin(effects: number): void {
    this.#crashAt = effects;
  }

  crash(): void {
    if (!this.up) return;
    const next = this.#effects[0];
    let point = next === undefined ? 'idle' : `before ${named(next)}`;
    if (next?.kind === 'persist') {
      const lands = this.disk.tear(next.batch, this.#world.tornWrite());
      point = `writing for ${behindWrite(this.#effects.slice(1))}, ${lands} landed`;
    }
    this.#world.onCrash(this.name, point);
    this.#crashAt = undefined;
    this.up = false;
    this.#life++;
    this.#mailbox = [];
    this.#effects = [];
    this.#busy = false;
    this.#timers.clear();
  }

  feed(event: Event): void {
    if (!this.up) return;
    this.#mailbox.push(event);
    this.#pump();
  }

  #checkerName(): number {
    return typeof this.name === 'number' ? this.name : -1 - Number(this.name.split('-')[1]);
  }

  #handOn(block: CommittedBlock): void {
    const keys = block.entries.map((entry) => fromUtf8(entry.bytes).split('|')[0] ?? '');
    this.#world.checkers.onCommit(this.#checkerName(), block, keys);
  }

  #pump(): void {
    while (this.up && !this.#busy) {
      const effect = this.#effects[0];
      if (effect !== undefined) {
        if (this.#crashAt !== undefined && this.#crashAt-- === 0) this.#world.crash(this.name);
        else this.#perform(effect);
        continue;
      }
      const event = this.#mailbox.shift();
      if (event === undefined) return;
      const input = { ...event, at: this.#world.heap.now } as Input<Settled>;
      const { state, effects } = step(this.#state, input);
      this.#state = state;
      this.#effects = [...effects];
    }
  }

  #perform(effect: Effect): void {
    if (effect.kind === 'persist') {
      // The write takes time: inputs wait, and a crash may fall into it.
      const life = this.#life;
      this.#busy = true;
      this.#world.heap.after(this.#world.syncMs(), () => {
        if (life !== this.#life) return;
        this.#busy = false;
        this.#effects.shift();
        this.disk.write(effect.batch);
        this.#mailbox.push({ kind: 'persisted', token: effect.token });
        this.#pump();
      });
      return;
    }
    this.#effects.shift();
    this.performNow(effect);
  }

  protected performNow(effect: Exclude<Effect, { kind: 'persist' }>): void {
    const { heap, checkers } = this.#world;
    switch (effect.kind) {
      case 'sign': {
        const member = this.#checkerName();
        checkers.onSigned(member, effect.request);
        const signature = this.#world.sign(member, effect.preimage);
        this.#mailbox.push({ kind: 'signed', request: effect.request, signature });
        return;
      }
      case 'send':
        this.transmit(effect.to, effect.message);
        return;
      case 'broadcast':
        for (let to = 0; to < this.#world.n; to++) {
          if (to !== this.name) this.transmit(to, effect.message);
        }
        return;
      case 'set-timer': {
        const { timer, seq, delayMs } = effect;
        this.#timers.set(timer, seq);
        const life = this.#life;
        heap.after(delayMs, () => {
          if (life !== this.#life || this.#timers.get(timer) !== seq) return;
          this.#timers.delete(timer);
          this.feed({ kind: 'timer-fired', timer, seq });
        });
        return;
      }
      case 'cancel-timer':
        this.#timers.delete(effect.timer);
        return;
      case 'commit':
        this.#handOn(effect);
        return;
      case 'serve-blocks': {
        const records = this.disk.records(effect.fromDigest, effect.downToHeight, 8);
        if (records.length > 0) this.transmit(effect.to, { type: 'blocks', records });
        return;
      }
      case 'serve-entries': {
        const bodies = effect.ids.flatMap((id) => this.disk.entries.get(id) ?? []);
        if (bodies.length > 0) this.transmit(effect.to, { type: 'entries', bodies });
        return;
      }
      case 'report-equivocation':
        checkers.onEquivocation(effect.equivocation);
        return;
      case 'halt':
        throw new Error(
          `HALT: ${String(this.name)}: ${effect.reason.code}: ${effect.reason.detail}`,
        );
      case 'submission':
    }
  }

  protected transmit(to: PeerRef, message: ConsensusMessage): void {
    this.#world.send(this.name, to, message);
  }
}

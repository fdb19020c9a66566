import { assert } from '../base/assert.js';
import { BoundedQueue } from '../base/bounded-queue.js';
import type {
  Effect,
  HaltReason,
  InputEvent,
  PeerRef,
  ReplicaConfig,
  ReplicaState,
  ReplicaStatus,
  SignRequest,
  TimerName,
} from '../core/consensus/index.js';
import { createReplica, replicaStatus, step } from '../core/consensus/index.js';
import type {
  CommittedBlock,
  ConsensusMessage,
  BlockRecord,
  Equivocation,
} from '../domain/consensus.js';
import { encodeConsensusMessage } from '../domain/codec/consensus-message.js';
import { encodeBlockRecord } from '../domain/codec/consensus-parts.js';
import type { EntryId, OpId } from '../domain/ids.js';
import type { Clock, Timers } from '../ports/clock.js';
import type { Logger } from '../ports/logger.js';
import type { SafetyStore } from '../ports/safety-store.js';
import type { Signer } from '../ports/signer.js';

/** What a replica reaches of the world: the shell of one operation's settlement core. */
export interface DriverPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly safety: SafetyStore;
  readonly logger: Logger;
  /** The replica key; absent for a learner. */
  readonly signer?: Signer;
  /** False when the peer is not connected or its queue is full. */
  send(to: PeerRef, bytes: Uint8Array): boolean;
  /** Members that can be reached right now, without this one. */
  connectedMembers(): readonly number[];
  committed(block: CommittedBlock): Promise<void>;
  equivocation(found: Equivocation): void;
  halted(reason: HaltReason): void;
}

export type Submission = Extract<Effect, { kind: 'submission' }>;

/** Inputs a replica may have waiting: senders are bounded by link credit, so this is generous. */
const MAILBOX_MAX = 50_000;

/**
 * Drives one replica: a bounded mailbox, one input at a time, effects performed in order and
 * awaited. A failed effect stops the replica, so nothing is ever said that was not stored first.
 */
export class ReplicaDriver<S> {
  readonly #op: OpId;
  readonly #ports: DriverPorts;
  readonly #mailbox = new BoundedQueue<InputEvent<S>>(MAILBOX_MAX);
  readonly #timers = new Map<TimerName, () => void>();
  /** Submissions are answered in the order in which they were fed. */
  readonly #waiters: ((outcome: Submission) => void)[] = [];
  #state: ReplicaState<S>;
  /** What the replica starts from, before anything that peers sent meanwhile. */
  #recovered: InputEvent<S> | undefined;
  #started = false;
  #running = false;
  #stopped = false;
  #idle: (() => void)[] = [];

  constructor(op: OpId, config: ReplicaConfig<S>, ports: DriverPorts) {
    this.#op = op;
    this.#ports = ports;
    this.#state = createReplica(config);
  }

  get status(): ReplicaStatus {
    return replicaStatus(this.#state);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Loads what is stored and starts. `state` is the fold of all committed entries. */
  async start(state: S): Promise<void> {
    const stored = await this.#ports.safety.load(this.#op);
    this.#recovered = { kind: 'recovered', stored, state };
    this.#started = true;
    this.#wake();
    await this.settled();
  }

  feed(event: InputEvent<S>): boolean {
    if (this.#stopped) return false;
    const taken = this.#mailbox.push(event);
    this.#wake();
    return taken;
  }

  /** Peers may speak before this replica has loaded its state: what they say waits. */
  #wake(): void {
    if (this.#running || !this.#started) return;
    this.#running = true;
    void this.#run();
  }

  message(from: PeerRef, message: ConsensusMessage): boolean {
    return this.feed({ kind: 'message', from, message });
  }

  /** Hands in a complete entry of this nation; answers what became of it. */
  submit(bytes: Uint8Array): Promise<Submission> {
    return new Promise((resolve, reject) => {
      this.#waiters.push(resolve);
      if (!this.feed({ kind: 'entry-submitted', bytes })) {
        this.#waiters.pop();
        reject(new Error('the replica is stopped or overloaded'));
      }
    });
  }

  /** Resolves when the mailbox is empty and every effect is done. */
  settled(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    await this.settled();
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next())
        await this.#apply(next);
    } catch (cause) {
      // Fail-stop: a replica whose store or signer failed must not speak again in this life.
      this.#stopped = true;
      for (const cancel of this.#timers.values()) cancel();
      this.#timers.clear();
      this.#ports.logger.error('replica stopped: an effect failed', {
        op: this.#op,
        cause: cause instanceof Error ? cause.message : String(cause),
      });
    } finally {
      this.#running = false;
      const idle = this.#idle;
      this.#idle = [];
      for (const resolve of idle) resolve();
    }
  }

  #next(): InputEvent<S> | undefined {
    if (this.#stopped) return undefined;
    const recovered = this.#recovered;
    this.#recovered = undefined;
    return recovered ?? this.#mailbox.shift();
  }

  async #apply(event: InputEvent<S>): Promise<void> {
    const at = this.#ports.clock.monotonicMs();
    const { state, effects } = step(this.#state, { ...event, at });
    this.#state = state;
    for (const effect of effects) await this.#perform(effect);
  }

  async #perform(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'persist':
        await this.#ports.safety.write(this.#op, effect.batch);
        return this.#apply({ kind: 'persisted', token: effect.token });
      case 'sign':
        return this.#sign(effect.preimage, effect.request);
      case 'send':
        this.#send(effect.to, encodeConsensusMessage(effect.message));
        return;
      case 'broadcast': {
        const bytes = encodeConsensusMessage(effect.message);
        for (const member of this.#ports.connectedMembers()) this.#send(member, bytes);
        return;
      }
      case 'set-timer': {
        this.#setTimer(effect.timer, effect.seq, effect.delayMs);
        return;
      }
      case 'cancel-timer':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'commit':
        return this.#ports.committed(effect);
      case 'serve-blocks':
        return this.#serveBlocks(effect);
      case 'serve-entries':
        return this.#serveEntries(effect);
      case 'submission':
        this.#waiters.shift()?.(effect);
        return;
      case 'report-equivocation':
        this.#ports.equivocation(effect.equivocation);
        return;
      case 'halt':
        this.#ports.halted(effect.reason);
        return;
    }
  }

  async #sign(preimage: Uint8Array, request: SignRequest): Promise<void> {
    const signer = this.#ports.signer;
    assert(signer !== undefined, 'only a voter is asked to sign');
    const signature = await signer.sign(preimage);
    await this.#apply({ kind: 'signed', request, signature });
  }

  #send(to: PeerRef, bytes: Uint8Array): void {
    // A message that could not go out is made good by Status when the peer is back.
    if (!this.#ports.send(to, bytes)) this.feed({ kind: 'peer-dropped', peer: to });
  }

  #setTimer(timer: TimerName, seq: number, delayMs: number): void {
    this.#timers.get(timer)?.();
    const cancel = this.#ports.timers.after(delayMs, () => {
      this.#timers.delete(timer);
      this.feed({ kind: 'timer-fired', timer, seq });
    });
    this.#timers.set(timer, cancel);
  }

  async #serveBlocks(ask: Extract<Effect, { kind: 'serve-blocks' }>): Promise<void> {
    const records: BlockRecord[] = [];
    let bytes = 0;
    let digest = ask.fromDigest;
    for (;;) {
      const record = await this.#ports.safety.block(this.#op, digest);
      if (record === undefined || record.header.height <= ask.downToHeight) break;
      bytes += encodeBlockRecord(record).length;
      if (records.length > 0 && bytes > ask.maxBytes) break;
      records.push(record);
      digest = record.header.parent;
    }
    if (records.length > 0) this.#send(ask.to, encodeConsensusMessage({ type: 'blocks', records }));
  }

  async #serveEntries(ask: Extract<Effect, { kind: 'serve-entries' }>): Promise<void> {
    const bodies: Uint8Array[] = [];
    let bytes = 0;
    for (const id of ask.ids) {
      const body = await this.#entry(id);
      if (body === undefined) continue;
      bytes += body.length;
      if (bodies.length > 0 && bytes > ask.maxBytes) break;
      bodies.push(body);
    }
    if (bodies.length > 0) this.#send(ask.to, encodeConsensusMessage({ type: 'entries', bodies }));
  }

  #entry(id: EntryId): Promise<Uint8Array | undefined> {
    return this.#ports.safety.entry(this.#op, id);
  }
}

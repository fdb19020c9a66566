import type {
  Effect,
  InputEvent,
  PeerRef,
  ReplicaLimits,
  ReplicaState,
  ReplicaStatus,
  SignRequest,
  TimerName,
} from '../../../src/core/consensus/index.js';
import {
  createReplica,
  DEFAULT_LIMITS,
  DEFAULT_TIMING,
  replicaStatus,
  step,
} from '../../../src/core/consensus/index.js';
import { anchorCertificate } from '../../../src/core/consensus/certificates.js';
import { timeoutPreimage } from '../../../src/domain/codec/consensus.js';
import {
  decodeSafetyGuard,
  decodeSafetyRecord,
} from '../../../src/domain/codec/consensus-safety.js';
import type {
  BlockRecord,
  Certificate,
  ConsensusMessage,
  SafetyGuard,
  SafetyState,
  TimeoutCertificate,
} from '../../../src/domain/consensus.js';
import type { BlockId, EntryId } from '../../../src/domain/ids.js';
import { Disk } from '../../sim/disk.js';
import type { Settled } from '../../sim/toy-rules.js';
import { NOTHING_SETTLED, TOY_RULES, toyEntry } from '../../sim/toy-rules.js';
import { blockId, Fixture } from './fixtures.js';

export interface Sent {
  /** A member, or `all`. */
  readonly to: PeerRef;
  readonly message: ConsensusMessage;
}

/** A statement at the moment it was to be signed, and what the disk held then. */
export interface SignedAt {
  readonly request: SignRequest;
  readonly safety: SafetyState;
  readonly guard: SafetyGuard;
  readonly blocks: ReadonlySet<BlockId>;
  readonly entries: ReadonlySet<EntryId>;
}

export interface Block {
  readonly id: BlockId;
  readonly record: BlockRecord;
}

/** One of four members, the other three played by the test: it leads view 4, they the first three. */
export class Solo {
  readonly fixture = new Fixture();
  readonly self = this.fixture.leader(4);
  readonly others = [0, 1, 2, 3].filter((member) => member !== this.self);
  readonly disk = new Disk();
  readonly timers = new Map<TimerName, { readonly seq: number; readonly delayMs: number }>();
  sent: Sent[] = [];
  signed: SignedAt[] = [];
  at = 0;
  readonly #limits: ReplicaLimits;
  #state: ReplicaState<Settled>;
  #settled = NOTHING_SETTLED;

  constructor(limits: Partial<ReplicaLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#state = this.#create();
  }

  /** A replica that has heard two others and may sign. */
  static running(limits: Partial<ReplicaLimits> = {}): Solo {
    const solo = new Solo(limits);
    solo.start();
    solo.hearStatuses();
    solo.forget();
    return solo;
  }

  get status(): ReplicaStatus {
    return replicaStatus(this.#state);
  }

  /** Begins a life, the first or another, from what the disk holds. */
  start(): void {
    this.#state = this.#create();
    this.timers.clear();
    this.feed({
      kind: 'recovered',
      stored: this.disk.load(this.disk.record === undefined),
      state: this.#settled,
    });
  }

  hearStatuses(highQC = anchorCertificate(this.fixture.epoch)): void {
    for (const from of this.others.slice(0, 2)) {
      this.hear(from, { type: 'status', status: { epoch: 1, view: highQC.view + 1, highQC } });
    }
  }

  forget(): void {
    this.sent = [];
    this.signed = [];
  }

  feed(event: InputEvent<Settled>): void {
    const queue: InputEvent<Settled>[] = [event];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { effects } = step(this.#state, { ...next, at: this.at });
      for (const effect of effects) queue.push(...this.#perform(effect));
    }
  }

  hear(from: number, message: ConsensusMessage): void {
    this.feed({ kind: 'message', from, message });
  }

  submit(key: string, after = ''): void {
    this.feed({ kind: 'entry-submitted', bytes: toyEntry(key, after) });
  }

  /** Lets a running timer run out. */
  fire(timer: TimerName): void {
    const running = this.timers.get(timer);
    if (running === undefined) throw new Error(`${timer} does not run`);
    this.timers.delete(timer);
    this.at += running.delayMs;
    this.feed({ kind: 'timer-fired', timer, seq: running.seq });
  }

  /** A block of a view with entries of these keys; a SEAL without any. */
  block(view: number, keys: readonly string[], on?: Block, tc?: TimeoutCertificate): Block {
    const ids = keys.map((key) => idOf(toyEntry(key)));
    const justify = on ? this.qc(on) : anchorCertificate(this.fixture.epoch);
    const record = this.fixture.record(view, ids, {
      height: 1 + (on?.record.header.height ?? 0),
      justifyView: justify.view,
      parent: justify.block,
      tcView: tc?.view ?? 0,
      tcHighView: tc?.highQC.view ?? 0,
    });
    return {
      id: blockId(record.header),
      record: { ...record, justify, ...(tc && { tc }) },
    };
  }

  /** A RECONFIG of one entry on the anchor. */
  reconfig(view: number, key: string): Block {
    const { record } = this.block(view, [key]);
    const header = { ...record.header, kind: 'reconfig' as const };
    return { id: blockId(header), record: { ...record, header } };
  }

  qc({ id, record }: Block, kind: 'vote' | 'commit' = 'vote'): Certificate {
    return this.fixture.certificate(kind, record.header.view, id);
  }

  /** The leader proposes; the bodies follow. */
  hearProposal({ id, record }: Block, keys: readonly string[] = []): void {
    const { author, view } = record.header;
    const vote = this.fixture.vote('vote', view, id, author);
    this.hear(author, { type: 'proposal', proposal: { record, vote } });
    if (keys.length > 0) {
      this.hear(author, { type: 'entries', bodies: keys.map((key) => toyEntry(key)) });
    }
  }

  hearCertificate(certificate: Certificate): void {
    this.hear(this.others[0]!, { type: 'certificate', certificate });
  }

  hearBallot(kind: 'vote' | 'commit', { id, record }: Block, author: number): void {
    const vote = this.fixture.vote(kind, record.header.view, id, author);
    this.hear(author, { type: 'vote', vote });
  }

  hearTimeout(
    author: number,
    view: number,
    rest: { highQC?: Certificate; committedView?: number; proof?: TimeoutCertificate } = {},
  ): void {
    const { epoch, keys } = this.fixture;
    const { highQC = anchorCertificate(epoch), committedView = 0, proof } = rest;
    const signature = keys.sign(author, timeoutPreimage(epoch, view, highQC.view));
    const timeout = { epoch: 1, view, author, signature, committedView, highQC };
    this.hear(author, { type: 'timeout', timeout: { ...timeout, ...(proof && { proof }) } });
  }

  /** Block a, proposed in view 1, settled by its certificate. */
  settleA(): Block {
    const a = this.block(1, ['a']);
    this.hearProposal(a, ['a']);
    this.hearCertificate(this.qc(a, 'commit'));
    return a;
  }

  /** Kinds of what was signed, in order. */
  get spoken(): readonly string[] {
    return this.signed.map(({ request }) => request.statement.kind);
  }

  /** Types of messages that went to a member, or to all. */
  typesTo(to: PeerRef): readonly string[] {
    return this.sent.filter((one) => one.to === to).map(({ message }) => message.type);
  }

  #create(): ReplicaState<Settled> {
    return createReplica<Settled>({
      epoch: this.fixture.epoch,
      self: this.self,
      rules: TOY_RULES,
      verify: this.fixture.keys.verify,
      timing: DEFAULT_TIMING,
      limits: this.#limits,
      jitterSeed: 1,
    });
  }

  #perform(effect: Effect): readonly InputEvent<Settled>[] {
    switch (effect.kind) {
      case 'persist':
        this.disk.write(effect.batch);
        return [{ kind: 'persisted', token: effect.token }];
      case 'sign': {
        const { request, preimage } = effect;
        this.signed.push({ request, ...this.#durable() });
        const signature = this.fixture.keys.sign(this.self, preimage);
        return [{ kind: 'signed', request, signature }];
      }
      case 'send':
        this.sent.push({ to: effect.to, message: effect.message });
        return [];
      case 'broadcast':
        this.sent.push({ to: 'all', message: effect.message });
        return [];
      case 'set-timer':
        this.timers.set(effect.timer, effect);
        return [];
      case 'cancel-timer':
        this.timers.delete(effect.timer);
        return [];
      case 'commit':
        for (const { bytes } of effect.entries) {
          this.#settled = TOY_RULES.apply(this.#settled, bytes, effect.height);
        }
        return [];
      default:
        return [];
    }
  }

  #durable(): Omit<SignedAt, 'request'> {
    const record = decodeSafetyRecord(this.disk.record ?? new Uint8Array());
    if (!record.ok) throw new Error('nothing durable was written before a signature');
    const guard = decodeSafetyGuard(this.disk.guard[record.value.counter % 2] ?? new Uint8Array());
    if (!guard.ok) throw new Error('no guard was written before a signature');
    return {
      safety: record.value.safety,
      guard: guard.value,
      blocks: new Set(this.disk.blocks.keys()),
      entries: new Set(this.disk.entries.keys()),
    };
  }
}

export function idOf(bytes: Uint8Array): EntryId {
  const identity = TOY_RULES.identify(bytes);
  if (!identity.ok) throw new Error(identity.error);
  return identity.value.entryId;
}

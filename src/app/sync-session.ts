import type { ForeignLog } from '../core/log/index.js';
import {
  decodeLogState,
  emptyForeignLog,
  encodeLogState,
  extend,
  rootOf,
  verifyCheckpoint,
} from '../core/log/index.js';
import { release, releaseAll } from '../core/policy/index.js';
import type { Released } from '../core/policy/index.js';
import type { DeltaFrame, DeltaStage, PlannedLeaf, StagedRange } from '../core/sync/index.js';
import { acceptDelta, compareHeads, emptyStage, nextWant, planDelta } from '../core/sync/index.js';
import { leafHash } from '../domain/codec/leaf.js';
import { OPEN_LABEL } from '../domain/codec/label.js';
import type { Checkpoint } from '../domain/checkpoint.js';
import type { LabelDigest, Nation } from '../domain/ids.js';
import type { Event } from '../domain/event.js';
import type { ContentFrame, ControlFrame, DeltaItem } from '../domain/wire.js';
import type { Leaf } from '../ports/event-log.js';
import type { Links, Peer } from '../ports/links.js';
import type { Directory } from './directory.js';
import type { HeldEvents } from './held-events.js';
import type { Inbound } from './inbound.js';
import type { LabelBook } from './label-book.js';
import type { AppConfig, AppPorts } from './parts.js';
import type { ReleaseGate } from './release-gate.js';
import { KeyedMutex } from './mutex.js';

interface Parts {
  readonly config: AppConfig;
  readonly ports: AppPorts;
  readonly directory: Directory;
  readonly inbound: Inbound;
  readonly held: HeldEvents;
  readonly labels: LabelBook;
  readonly gate: ReleaseGate;
  links(): Links | undefined;
  retryHeld(): void;
}

type Heads = Extract<ControlFrame, { type: 'heads' }>['heads'];

/** What one neighbour and this node are in the middle of. */
interface Session {
  readonly peer: Peer;
  readonly sentLabels: Set<LabelDigest>;
  stage: DeltaStage;
  /** Size of the peer's own log as it last stated it. */
  theirSize: number;
}

/** Leaves read for one answer: about what one chunk holds of the smallest events. */
const LEAVES_PER_DELTA = 128;
/** Labels a session remembers having sent. */
const SENT_LABELS_MAX = 10_000;

/**
 * Synchronises national logs with each neighbour: every node serves its own log, position by
 * position, readable events whole and all others as hashes, up to a signed checkpoint.
 */
export class SyncSessions {
  readonly #parts: Parts;
  readonly #sessions = new Map<string, Session>();
  readonly #logs = new Map<Nation, ForeignLog>();
  readonly #mutex = new KeyedMutex();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    const { log } = this.#parts.ports;
    for (const nation of await log.nations()) {
      if (nation === this.#parts.config.nation) continue;
      const bytes = await log.logState(nation);
      const state = bytes && decodeLogState(bytes);
      if (state?.ok && state.value.kind === 'foreign') this.#logs.set(nation, state.value);
    }
  }

  foreignLogs(): readonly ForeignLog[] {
    return [...this.#logs.values()];
  }

  async peerUp(peer: Peer): Promise<void> {
    this.#sessions.set(peer.peerId, {
      peer,
      sentLabels: new Set(),
      stage: emptyStage(peer.nation, this.#logOf(peer.nation).size),
      theirSize: 0,
    });
    await this.greet(peer.peerId);
  }

  /** Tells a neighbour how far the own log goes. */
  async greet(peerId: string): Promise<void> {
    const { config, ports } = this.#parts;
    const own = await ports.log.checkpoint(config.nation);
    if (own !== undefined) this.#send(peerId, headsFrame(own));
  }

  peerDown(peer: Peer): void {
    this.#sessions.delete(peer.peerId);
  }

  /** Tells every neighbour of a new own checkpoint. */
  announce(checkpoint: Checkpoint): void {
    for (const peerId of this.#sessions.keys()) this.#send(peerId, headsFrame(checkpoint));
  }

  /** The neighbour's own log is what it serves; what it says of others is not asked for here. */
  heads(peer: Peer, heads: Heads): void {
    const session = this.#sessions.get(peer.peerId);
    if (session === undefined) return;
    const { nation } = peer;
    const held = this.#logOf(nation);
    const own = { nation, logNumber: held.logNumber, size: held.size, root: rootOf(held) };
    const theirs = heads.filter((head) => head.nation === nation);
    const who = { own: this.#parts.config.nation, peer: nation };
    const { wants, alarms } = compareHeads(held.size === 0 ? [] : [own], theirs, who);
    for (const alarm of alarms) {
      this.#parts.ports.logger.warn('log head alarm', { peer: nation, alarm: alarm.kind });
    }
    for (const want of wants) {
      session.theirSize = Math.max(session.theirSize, want.to);
      this.#send(peer.peerId, nextWant(session.stage));
    }
  }

  /** Serves one chunk of the own log; the receiver asks for the next one when it is ready. */
  async want(peer: Peer, frame: Extract<ControlFrame, { type: 'want' }>): Promise<void> {
    const session = this.#sessions.get(peer.peerId);
    const { config, ports } = this.#parts;
    if (session === undefined || frame.nation !== config.nation) return;
    const newest = await ports.log.checkpoint(config.nation);
    if (newest === undefined || frame.from >= newest.size) return;
    const to = Math.min(newest.size, frame.from + LEAVES_PER_DELTA);
    const { leaves, events } = await this.#plannedLeaves(peer, frame.from, to);
    const checkpoints: Checkpoint[] = [];
    for await (const checkpoint of ports.log.checkpoints(config.nation, frame.from + 1)) {
      checkpoints.push(checkpoint);
      if (checkpoint.size >= to) break;
    }
    const plan = planDelta({ nation: config.nation, from: frame.from, leaves, checkpoints });
    const chunk = plan.chunks[0];
    if (chunk === undefined) return;
    await this.#sendChunk(session, chunk, events);
  }

  async delta(peer: Peer, frame: DeltaFrame): Promise<void> {
    const session = this.#sessions.get(peer.peerId);
    if (session === undefined || frame.nation !== peer.nation) return;
    await this.#mutex.run(peer.nation, async () => {
      const answer = acceptDelta(session.stage, frame);
      session.stage = answer.stage;
      if (answer.kind === 'refused') {
        this.#parts.ports.logger.debug('delta refused', {
          peer: peer.nation,
          code: answer.refusal.code,
        });
        return;
      }
      // What was refused would only be sent again: the next head is the time to ask anew.
      if (answer.kind === 'range' && !(await this.#takeRange(session, answer.range))) return;
      const { stage } = session;
      if (stage.from + stage.items.length < session.theirSize) {
        this.#send(peer.peerId, nextWant(stage));
      }
    });
  }

  #logOf(nation: Nation): ForeignLog {
    return this.#logs.get(nation) ?? emptyForeignLog(nation);
  }

  #send(peerId: string, frame: ControlFrame | Released<ContentFrame>): void {
    this.#parts.links()?.send(peerId, frame, 'priority');
  }

  async #plannedLeaves(
    peer: Peer,
    from: number,
    to: number,
  ): Promise<{ leaves: PlannedLeaf[]; events: ReadonlyMap<number, Event> }> {
    const { config, gate, ports } = this.#parts;
    const leaves: PlannedLeaf[] = [];
    const events = new Map<number, Event>();
    for await (const leaf of ports.log.leaves(config.nation, from, to)) {
      if (leaf.kind === 'withheld') continue;
      const stored = await ports.log.event(leaf.id);
      if (stored === undefined) throw new Error(`own event ${leaf.id} is missing from the store`);
      const { event } = stored;
      const permission = await gate.permission(event, peer.credential);
      const { body } = event.payload;
      const box = body.form === 'sealed' ? await ports.log.box(body.boxHash) : undefined;
      leaves.push({
        kind: 'event',
        header: leaf.header,
        record: event.record,
        readable: permission !== undefined,
        ...(box === undefined ? {} : { box }),
      });
      events.set(leaf.header.index, event);
    }
    return { leaves, events };
  }

  async #sendChunk(
    session: Session,
    chunk: DeltaFrame,
    events: ReadonlyMap<number, Event>,
  ): Promise<void> {
    const { peer } = session;
    const parts: Released<DeltaItem>[] = [];
    for (const item of chunk.items) {
      const event = item.kind === 'event' ? events.get(item.header.index) : undefined;
      if (event === undefined) continue;
      await this.#sendLabel(session, event);
      const released = await this.#parts.gate.release<DeltaItem>(item, event, peer.credential);
      // The decision can only have changed since planning by a clock tick; then plan again.
      if (released === undefined) return;
      parts.push(released);
    }
    const frame = releaseAll(parts, peer.nation, (): ContentFrame => chunk);
    this.#send(peer.peerId, frame);
  }

  /** A label goes before the first event under it, so that the receiver never waits for one. */
  async #sendLabel(session: Session, event: Event): Promise<void> {
    const { digest } = event.payload.label;
    if (digest === OPEN_LABEL.digest || session.sentLabels.has(digest)) return;
    const label = await this.#parts.labels.get(digest);
    const permission = await this.#parts.gate.permission(event, session.peer.credential);
    if (label === undefined || permission === undefined) return;
    if (session.sentLabels.size >= SENT_LABELS_MAX) session.sentLabels.clear();
    session.sentLabels.add(digest);
    const frame: ContentFrame = { type: 'label', bytes: label.bytes };
    this.#send(session.peer.peerId, release(frame, [permission]));
  }

  /**
   * A proven range: its events through the door, then its leaves and the checkpoint in one batch.
   * False when nothing came of it.
   */
  async #takeRange(session: Session, range: StagedRange): Promise<boolean> {
    const { nation } = session.peer;
    const log = this.#logOf(nation);
    const { directory, ports } = this.#parts;
    if (range.from !== log.size) {
      // Another link of that nation was quicker: this one goes on from there.
      session.stage = emptyStage(nation, log.size);
      return range.from < log.size;
    }
    const keys = directory.credentialsOf(nation, 'node');
    const signed = verifyCheckpoint(range.checkpoint, keys, (...args) =>
      ports.verifier.verify(...args),
    );
    const held = await ports.log.checkpoint(nation);
    const extended = signed.ok
      ? extend(log, range, { gaps: 'mark', ...(held === undefined ? {} : { held }) })
      : signed;
    if (!extended.ok) {
      const { code, detail } = extended.error;
      ports.logger.warn('log range refused', { peer: nation, code, detail });
      session.stage = emptyStage(nation, log.size);
      return false;
    }
    const { held: waiting } = this.#parts;
    const before = waiting.releases;
    const leaves = await this.#takeItems(nation, range);
    await ports.log.append({
      leaves: leaves.map((leaf) => ({ nation, leaf })),
      logStates: [{ nation, state: encodeLogState(extended.value.log) }],
      checkpoints: [range.checkpoint],
    });
    this.#logs.set(nation, extended.value.log);
    // What was kept after its reason to wait had gone would wait for the next one.
    if (waiting.releases !== before) this.#parts.retryHeld();
    return true;
  }

  async #takeItems(nation: Nation, range: StagedRange): Promise<readonly Leaf[]> {
    const { inbound, held, labels } = this.#parts;
    const leaves: Leaf[] = [];
    for (const [i, item] of range.items.entries()) {
      if (item.kind === 'withheld') {
        leaves.push({ kind: 'withheld', index: range.from + i, hash: item.hash });
        continue;
      }
      const outcome = await inbound.receive(item);
      if (!('refusal' in outcome)) {
        leaves.push({ kind: 'event', header: item.header, id: outcome.id });
        continue;
      }
      if (outcome.kind === 'held') {
        // The label goes with it: nobody sends that a second time.
        const label = (await labels.get(outcome.label))?.bytes;
        await held.keep(nation, label === undefined ? item : { ...item, label });
      }
      leaves.push({ kind: 'withheld', index: range.from + i, hash: leafHash(item.header) });
    }
    return leaves;
  }
}

function headsFrame({ nation, logNumber, size, root }: Checkpoint): ControlFrame {
  return { type: 'heads', heads: [{ nation, logNumber, size, root }] };
}

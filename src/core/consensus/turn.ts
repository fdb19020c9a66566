import type {
  CommittedBlock,
  ConsensusMessage,
  SafetyState,
  Statement,
} from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { encodeSafetyGuard, encodeSafetyRecord } from '../../domain/codec/consensus-safety.js';
import { blockPreimage, timeoutPreimage } from '../../domain/codec/consensus-preimage.js';
import type { BlockNode } from './block-tree.js';
import type { Effect, HaltReason, PeerRef, TimerName } from './effect.js';
import { guardOf } from './recovery.js';
import type { Life, PeerState } from './state.js';

/** One step under way: the replica, the time, and the effects so far in their order. */
export interface Turn<S> {
  readonly life: Life<S>;
  readonly at: number;
  readonly effects: Effect[];
}

export function send<S>(turn: Turn<S>, to: PeerRef, message: ConsensusMessage): void {
  if (to !== turn.life.self) turn.effects.push({ kind: 'send', to, message });
}

export function broadcast<S>(turn: Turn<S>, message: ConsensusMessage): void {
  if (turn.life.n > 1 || turn.life.self === undefined) {
    turn.effects.push({ kind: 'broadcast', message });
  }
}

/** What one batch changes besides the safety record. */
export interface Changes<S> {
  readonly safety?: SafetyState;
  readonly blocks?: readonly BlockNode<S>[];
  readonly commits?: readonly CommittedBlock[];
  readonly forget?: readonly BlockId[];
}

/** Makes a decision durable before anything that depends on it: the effects behind it wait. */
export function persist<S>(turn: Turn<S>, changes: Changes<S>): void {
  const { life } = turn;
  if (changes.safety) life.safety = changes.safety;
  life.counter++;
  const blocks = (changes.blocks ?? []).filter((node) => !node.stored);
  for (const node of blocks) node.stored = true;
  const lost = life.halted?.code === 'SAFETY_RECORD_LOST';
  turn.effects.push({
    kind: 'persist',
    token: life.counter,
    batch: {
      counter: life.counter,
      record: encodeSafetyRecord({ counter: life.counter, lost, safety: life.safety }),
      guard: encodeSafetyGuard(guardOf(life.counter, life.safety)),
      blocks: blocks.map(({ id, record }) => ({ id, record })),
      entries: blocks.flatMap((node) => life.tree.entriesOf(node)),
      commits: changes.commits ?? [],
      forget: changes.forget ?? [],
    },
  });
}

/** Asks for the signature of a statement that the safety rules allowed. */
export function sign<S>(turn: Turn<S>, statement: Statement, again: boolean, to?: PeerRef): void {
  const { epoch } = turn.life.config;
  const { view } = statement;
  const preimage =
    statement.kind === 'timeout'
      ? timeoutPreimage(epoch, view, statement.highQC.view)
      : blockPreimage(epoch, statement.kind, view, statement.block);
  const token = turn.life.counter;
  const request = { statement, again, token, ...(to !== undefined && { to }) };
  turn.effects.push({ kind: 'sign', preimage, request });
}

export function setTimer<S>(turn: Turn<S>, timer: TimerName, delayMs: number): void {
  const seq = ++turn.life.timerSeq;
  turn.life.timers.set(timer, seq);
  turn.effects.push({ kind: 'set-timer', timer, seq, delayMs: Math.max(1, Math.round(delayMs)) });
}

export function cancelTimer<S>(turn: Turn<S>, timer: TimerName): void {
  if (turn.life.timers.delete(timer)) turn.effects.push({ kind: 'cancel-timer', timer });
}

/** Stops signing. What is stored stays readable, and fetches are still answered. */
export function halt<S>(turn: Turn<S>, reason: HaltReason): void {
  const { life } = turn;
  if (life.halted) return;
  life.halted = reason;
  life.voting = false;
  for (const timer of [...life.timers.keys()]) cancelTimer(turn, timer);
  turn.effects.push({ kind: 'halt', reason });
}

/** Halted for good, not merely without a vote. */
export function stopped<S>(life: Life<S>): boolean {
  return life.halted !== undefined && life.halted.code !== 'SAFETY_RECORD_LOST';
}

export function peerState<S>(life: Life<S>, peer: PeerRef): PeerState {
  const held = life.peers.get(peer);
  if (held) return held;
  const never = Number.NEGATIVE_INFINITY;
  const fresh: PeerState = {
    connected: false,
    answeredAt: never,
    statusAt: never,
    timeoutSentAt: never,
    heardView: 0,
  };
  life.peers.set(peer, fresh);
  return fresh;
}

/** Settled state and height of the next block on the committed chain. */
export function settledGround<S>(life: Life<S>): { readonly state: S; readonly height: number } {
  return { state: life.tree.settled, height: life.tree.tip.height + 1 };
}

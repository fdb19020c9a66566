import { castTimeout, repeatCommit, repeatVote } from './casting.js';
import { leaderOf } from './leader-rotation.js';
import type { Life } from './state.js';
import { maySign, viewOf } from './state.js';
import type { Turn } from './turn.js';
import { broadcast, cancelTimer, peerState, setTimer, settledGround } from './turn.js';

const BACKOFF = 1.5;
/** Least view length for a leader that is not there. */
const ABSENT_LEADER_MS_MIN = 20;
/** Pending entries forwarded at a timeout. */
const FORWARD_BYTES_MAX = 64 * 1024;

/** P2: the only reasons for a timer, and so for any byte of this replica's own accord. */
export function hasReason<S>(life: Life<S>): boolean {
  return unfinished(life) || life.pool.hasEligible(settledGround(life));
}

/** P2(b): the chain under the highest certificate is incomplete here or not all committed. */
function unfinished<S>(life: Life<S>): boolean {
  const { highQC, tree } = life;
  if (highQC.view <= tree.tip.view && life.lastCC.view <= tree.tip.view) return false;
  const path = tree.path(highQC.view >= life.lastCC.view ? highQC.block : life.lastCC.block);
  if (path.kind === 'missing') return true;
  if (path.kind === 'beside') return false;
  return path.nodes.some((node) => node.missing > 0 || node.record.header.kind !== 'seal');
}

/** A number from 0.9 to 1.1, from the replica's own generator (mulberry32). */
function jitter<S>(life: Life<S>): number {
  life.jitter = (life.jitter + 0x6d2b79f5) | 0;
  let t = life.jitter;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return 0.9 + (0.2 * ((t ^ (t >>> 14)) >>> 0)) / 2 ** 32;
}

export function backedOff(ms: number, rounds: number, maxMs: number): number {
  return Math.min(maxMs, ms * BACKOFF ** Math.min(rounds, 64));
}

/** T0: what an undisturbed view takes at most. */
export function viewBaseMs<S>(life: Life<S>): number {
  return life.pace.baseMs + life.pace.sendMs;
}

/** P3. The k of the backoff counts the views since the last commit. */
function viewLengthMs<S>(life: Life<S>, view: number): number {
  const { viewMaxMs } = life.config.timing;
  const k = Math.max(0, view - 1 - life.tree.tip.view) + life.pace.repeats;
  const leader = leaderOf(life.config.epoch, view);
  const peer = peerState(life, leader);
  const absent = leader !== life.self && (!peer.connected || view - peer.heardView > life.n);
  const roundTrip = life.pace.rttMs[leader] ?? life.pace.baseMs / 4;
  const t0 = absent ? Math.max(ABSENT_LEADER_MS_MIN, roundTrip) : viewBaseMs(life);
  return backedOff(t0, k, viewMaxMs) * jitter(life);
}

/** Starts, restarts or stops the timer of the view. */
export function keepPace<S>(turn: Turn<S>): void {
  const { life } = turn;
  const { pace } = life;
  const view = viewOf(life);
  if (pace.armedView !== undefined && (pace.armedView !== view || !armed(life))) {
    pace.armedView = undefined;
    cancelTimer(turn, 'half');
    cancelTimer(turn, 'full');
  }
  if (pace.armedView === undefined && armed(life)) {
    pace.armedView = view;
    pace.repeats = 0;
    pace.halfPassed = false;
    setTimer(turn, 'half', viewLengthMs(life, view) / 2);
  }
}

function armed<S>(life: Life<S>): boolean {
  return maySign(life) && hasReason(life);
}

/** P4 at T/2: repeats what may have been lost. */
export function onHalf<S>(turn: Turn<S>): void {
  const { life } = turn;
  life.pace.halfPassed = true;
  repeatVote(turn);
  repeatCommit(turn);
  setTimer(turn, 'full', viewLengthMs(life, viewOf(life)) / 2);
}

/** P4 at T: gives up on the view and lets everybody know what is pending. */
export function onFull<S>(turn: Turn<S>): void {
  const { life } = turn;
  castTimeout(turn);
  const bodies = life.pool.oldest(settledGround(life), FORWARD_BYTES_MAX);
  if (bodies.length > 0) {
    broadcast(turn, { type: 'entries', bodies: bodies.map((body) => body.bytes) });
  }
  life.pace.repeats++;
  setTimer(turn, 'half', viewLengthMs(life, viewOf(life)) / 2);
}

/** After a reconnect the next repeat comes soon, whatever the backoff had grown to. */
export function hurry<S>(turn: Turn<S>): void {
  const { life } = turn;
  if (life.pace.armedView === undefined || life.pace.repeats === 0) return;
  life.pace.repeats = 0;
  cancelTimer(turn, 'full');
  setTimer(turn, 'half', viewLengthMs(life, viewOf(life)) / 2);
}

/**
 * P5: g distinct members gave up on this view, so at least one honest one did. Without a reason of
 * its own a replica follows at most once per view length.
 */
export function joinTimeouts<S>(turn: Turn<S>): void {
  const { life, at } = turn;
  const view = viewOf(life);
  if (!maySign(life) || life.safety.lastTimeout.view >= view) return;
  if (life.collector.timeoutCount(view) < life.g) return;
  if (!hasReason(life)) {
    if (at - life.pace.joinedAt < viewBaseMs(life)) return;
    life.pace.joinedAt = at;
  }
  castTimeout(turn);
}

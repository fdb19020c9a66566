import { assert } from '../../base/assert.js';
import type { Machine } from '../../base/step.js';
import type { ConsensusMessage } from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { onBlocks, onEntries, onProposal } from './block-intake.js';
import { castCommit, castVote, onSigned } from './casting.js';
import { absorbCertificate, absorbTimeoutCertificate } from './certificate-intake.js';
import { deliver, returnToPool } from './delivery.js';
import type { Effect, PeerRef, TimerName } from './effect.js';
import { keepFetching, onFetchTimer, refetch } from './fetching.js';
import type { Input } from './input.js';
import { answerLate, endAwaiting, onConnected, onStatus, onStatusTimer } from './late-peers.js';
import { keepPace, onFull, onHalf } from './pacemaker.js';
import { propose } from './proposing.js';
import { start } from './start.js';
import type { Life, ReplicaState } from './state.js';
import { viewOf } from './state.js';
import { onSubmitted } from './submission.js';
import type { Turn } from './turn.js';
import { peerState, stopped } from './turn.js';
import { onTimeout, onVote } from './vote-intake.js';

/** Blocks above the tip that are kept before abandoned ones are looked for. */
const TREE_CALM_MAX = 64;

/**
 * One step of a replica: `Machine<ReplicaState, Input, Effect>`. The input is taken in first; then
 * everything that has become possible is done in the order commit, commit-vote, vote, propose.
 */
export function step<S>(
  state: ReplicaState<S>,
  input: Input<S>,
): ReturnType<Machine<ReplicaState<S>, Input<S>, Effect>> {
  if (input.kind === 'recovered') {
    assert(state.life === undefined, 'a life begins once');
    const { life, effects } = start(state.config, input.stored, input.state, input.at);
    state.life = life;
    progress({ life, at: input.at, effects });
    return { state, effects };
  }
  const { life } = state;
  assert(life !== undefined, 'the first input is recovered');
  const turn: Turn<S> = { life, at: input.at, effects: [] };
  take(turn, input);
  progress(turn);
  return { state, effects: turn.effects };
}

function take<S>(turn: Turn<S>, input: Exclude<Input<S>, { kind: 'recovered' }>): void {
  const { life } = turn;
  switch (input.kind) {
    case 'message':
      onMessage(turn, input.from, input.message);
      return;
    case 'timer-fired':
      onTimer(turn, input.timer, input.seq);
      return;
    case 'persisted':
      life.durable = Math.max(life.durable, input.token);
      return;
    case 'signed':
      onSigned(turn, input.request, input.signature);
      return;
    case 'entry-submitted':
      onSubmitted(turn, input.bytes);
      return;
    case 'peer-connected':
      onConnected(turn, input.peer);
      if (life.fetches.size > 0) refetch(turn);
      return;
    case 'peer-dropped':
      peerState(life, input.peer).connected = false;
      if (typeof input.peer === 'string') life.peers.delete(input.peer);
      return;
    case 'measured':
      measure(life, input);
  }
}

function onMessage<S>(turn: Turn<S>, from: PeerRef, message: ConsensusMessage): void {
  const { life } = turn;
  if (serve(turn, from, message) || stopped(life)) return;
  peerState(life, from).heardView = viewOf(life);
  switch (message.type) {
    case 'proposal':
      if (life.self !== undefined) onProposal(turn, message.proposal);
      return;
    case 'vote':
      if (life.self !== undefined) onVote(turn, from, message.vote);
      return;
    case 'timeout':
      if (life.self !== undefined) onTimeout(turn, from, message.timeout);
      return;
    case 'certificate':
      absorbCertificate(turn, message.certificate);
      return;
    case 'timeout-certificate':
      absorbTimeoutCertificate(turn, message.tc);
      return;
    case 'status':
      onStatus(turn, from, message.status);
      return;
    case 'blocks':
      onBlocks(turn, message.records);
      return;
    case 'entries':
      onEntries(turn, from, message.bodies);
      return;
    case 'fetch':
    case 'fetch-entries':
  }
}

/** Reads are served by everyone, also by a replica that signs nothing any more. */
function serve<S>(turn: Turn<S>, to: PeerRef, message: ConsensusMessage): boolean {
  const { limits } = turn.life.config;
  if (message.type === 'fetch') {
    const { fromDigest, downToHeight } = message.fetch;
    const maxBytes = Math.min(message.fetch.maxBytes, limits.fetchBytesMax);
    turn.effects.push({ kind: 'serve-blocks', to, fromDigest, downToHeight, maxBytes });
    return true;
  }
  if (message.type !== 'fetch-entries') return false;
  const ids = message.ids.slice(0, limits.fetchIdsMax);
  turn.effects.push({ kind: 'serve-entries', to, ids, maxBytes: limits.fetchBytesMax });
  return true;
}

function onTimer<S>(turn: Turn<S>, timer: TimerName, seq: number): void {
  if (turn.life.timers.get(timer) !== seq) return;
  turn.life.timers.delete(timer);
  switch (timer) {
    case 'half':
      onHalf(turn);
      return;
    case 'full':
      onFull(turn);
      return;
    case 'fetch':
      onFetchTimer(turn);
      return;
    case 'status':
      onStatusTimer(turn);
  }
}

function measure<S>(life: Life<S>, input: Extract<Input<S>, { kind: 'measured' }>): void {
  const { pace, config } = life;
  // The own round trip is nothing; unknown ones count as the slowest.
  const others = input.rttMs.filter((_, member) => member !== life.self);
  const sorted = [0, ...others.map((rtt) => rtt ?? Infinity).sort((a, b) => a - b)];
  const quorumRtt = sorted[life.q - 1] ?? Infinity;
  const computed = 4 * (Number.isFinite(quorumRtt) ? quorumRtt : 0) + 3 * input.syncMs;
  pace.baseMs = Math.min(config.timing.viewMaxMs, Math.max(config.timing.baseMinMs, computed));
  pace.sendMs = input.sendMs;
  pace.rttMs = input.rttMs;
}

function progress<S>(turn: Turn<S>): void {
  const { life } = turn;
  if (stopped(life)) return;
  endAwaiting(turn);
  const before = viewOf(life);
  deliver(turn);
  if (stopped(life)) return;
  castCommit(turn);
  voteOnCurrent(turn);
  propose(turn);
  tidy(turn, before);
  keepFetching(turn);
  keepPace(turn);
}

/** V on the block of the current view, once. */
function voteOnCurrent<S>(turn: Turn<S>): void {
  const { life } = turn;
  for (const node of life.tree.ofView(viewOf(life))) {
    if (life.safety.lastVote.block === node.id) continue;
    const ruling = castVote(turn, node);
    if (ruling?.ok === false && ruling.rule === 'V3.seal') {
      // Its author does not know that everything is committed.
      answerLate(turn, node.record.header.author, { certificates: [life.servedCC] });
    }
  }
}

function tidy<S>(turn: Turn<S>, view: number): void {
  const { life } = turn;
  const oldest = view - life.config.limits.viewWindow;
  life.collector.prune(oldest);
  if (life.tree.size <= TREE_CALM_MAX) return;
  const keep = new Set<BlockId>();
  for (const cert of [life.highQC, life.lastCC]) {
    const path = life.tree.path(cert.block);
    // While ancestors are being fetched nobody can say yet which block is abandoned.
    if (path.kind !== 'linked') return;
    for (const node of path.nodes) keep.add(node.id);
  }
  returnToPool(turn, life.tree.prune(oldest, keep));
}

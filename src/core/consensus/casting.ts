import { assert } from '../../base/assert.js';
import type { ConsensusMessage, Statement, Timeout, Vote } from '../../domain/consensus.js';
import type { BlockNode } from './block-tree.js';
import { absorbTimeoutCertificate, collectCertificate } from './certificate-intake.js';
import type { PeerRef, SignRequest } from './effect.js';
import { leaderOf } from './leader-rotation.js';
import type { Ruling, VoteRequest } from './safety-rules.js';
import type { Life } from './state.js';
import { maySign, viewOf } from './state.js';
import type { Turn } from './turn.js';
import { broadcast, peerState, persist, send, sign } from './turn.js';

/** Asks the safety rules, makes the answer durable, and has it signed. */

function voteRequest<S>(life: Life<S>, node: BlockNode<S>): VoteRequest {
  const { header, justify, tc } = node.record;
  const path = life.tree.path(node.id);
  const nodes = path.kind === 'linked' ? path.nodes : [];
  const ancestors = nodes.slice(0, -1);
  const kinds = ancestors.map((ancestor) => ancestor.record.header.kind);
  const stored = nodes.length > 0 && nodes.every((each) => each.missing === 0);
  const parent = life.tree.node(header.parent)?.record.header.height;
  const { tip } = life.tree;
  const parentHeight = header.parent === tip.block ? tip.height : parent;
  return {
    id: node.id,
    header,
    justify,
    ...(tc && { tc }),
    // Records enter the tree only with their certificates verified.
    justifyValid: true,
    tcValid: tc !== undefined,
    leader: leaderOf(life.config.epoch, header.view),
    ...(parentHeight !== undefined && { parentHeight }),
    descendsFromCommitted: path.kind === 'linked',
    stored,
    entriesValid: stored && 'state' in life.tree.fold(nodes),
    afterReconfig: kinds.includes('reconfig'),
    unfinishedAncestor: kinds.some((kind) => kind !== 'seal'),
  };
}

/** V: votes for a block of the current view if the rules allow it. */
export function castVote<S>(turn: Turn<S>, node: BlockNode<S>): Ruling | undefined {
  const { life } = turn;
  if (!maySign(life)) return undefined;
  const ruling = life.rules.vote(life.safety, voteRequest(life, node));
  if (!ruling.ok) return ruling;
  const path = life.tree.path(node.id);
  if (!ruling.again && path.kind === 'linked') {
    persist(turn, { safety: ruling.state, blocks: path.nodes });
  }
  sign(turn, ruling.statement, ruling.again);
  return ruling;
}

/** C: commit-votes for the block of the highest certificate, once; repeats are the pacemaker's. */
export function castCommit<S>(turn: Turn<S>): void {
  const { life } = turn;
  const { highQC, lastCC, safety } = life;
  if (!maySign(life) || highQC.view <= lastCC.view) return;
  if (safety.lastCommit.block !== highQC.block) commitVote(turn);
}

/** Repeats the own COMMIT while its block is not committed. */
export function repeatCommit<S>(turn: Turn<S>): void {
  const { life } = turn;
  const { view, block } = life.safety.lastCommit;
  if (!maySign(life) || view <= life.lastCC.view) return;
  if (life.highQC.view === view && life.highQC.block === block) commitVote(turn);
}

function commitVote<S>(turn: Turn<S>): void {
  const { life } = turn;
  const path = life.tree.path(life.highQC.block);
  const nodes = path.kind === 'linked' ? path.nodes : [];
  const stored = nodes.length > 0 && nodes.every((node) => node.missing === 0);
  const request = { qc: life.highQC, qcValid: true, stored };
  const ruling = life.rules.commit(life.safety, request);
  if (!ruling.ok) return;
  if (!ruling.again) persist(turn, { safety: ruling.state, blocks: nodes });
  sign(turn, ruling.statement, ruling.again);
}

/** T: gives up on the current view, or repeats that unchanged. */
export function castTimeout<S>(turn: Turn<S>, to?: PeerRef): void {
  const { life } = turn;
  if (!maySign(life)) return;
  const view = viewOf(life);
  const proof = life.highTC?.view === view - 1 ? life.highTC : undefined;
  const request = { view, currentView: view, highQC: life.highQC, ...(proof && { proof }) };
  const ruling = life.rules.timeout(life.safety, request);
  if (!ruling.ok) return;
  if (!ruling.again) persist(turn, { safety: ruling.state });
  sign(turn, ruling.statement, ruling.again, to);
}

/** Repeats the own VOTE of the current view; a leader repeats the whole proposal. */
export function repeatVote<S>(turn: Turn<S>): void {
  const { life } = turn;
  const { view, block } = life.safety.lastVote;
  const node = life.tree.node(block);
  if (view === viewOf(life) && node) castVote(turn, node);
}

function ballotOf<S>(life: Life<S>, self: number, request: SignRequest, sig: Uint8Array): Vote {
  const { statement, again } = request;
  assert(statement.kind !== 'timeout', 'a ballot is a vote or a commit');
  const qc = life.highQC;
  // Repeats carry the certificate: whoever missed the votes can follow at once.
  const proves = again && statement.kind === 'commit' && qc.view === statement.view;
  return { ...statement, author: self, signature: sig, ...(proves && { qc }) };
}

function messageOf<S>(life: Life<S>, vote: Vote): ConsensusMessage {
  const node = vote.kind === 'vote' ? life.tree.node(vote.block) : undefined;
  return node?.record.header.author === vote.author
    ? { type: 'proposal', proposal: { record: node.record, vote } }
    : { type: 'vote', vote };
}

/**
 * A signature came back: the statement counts in the own collector and goes out. The batch behind
 * it is durable by then; a shell that signs earlier is broken, and stopping is all that is safe.
 */
export function onSigned<S>(turn: Turn<S>, request: SignRequest, signature: Uint8Array): void {
  const { life } = turn;
  assert(request.token <= life.durable, 'a statement is signed after its batch is durable');
  if (life.self === undefined || !life.voting) return;
  const { statement } = request;
  if (statement.kind === 'timeout') {
    sendTimeout(turn, statement, signature, request.to);
    return;
  }
  const vote = ballotOf(life, life.self, request, signature);
  life.collector.addBallot(vote);
  deliverTo(turn, messageOf(life, vote), request.to);
  collectCertificate(turn, vote.kind, vote);
}

function sendTimeout<S>(
  turn: Turn<S>,
  statement: Extract<Statement, { kind: 'timeout' }>,
  signature: Uint8Array,
  to: PeerRef | undefined,
): void {
  const { life, at } = turn;
  const { epoch, view, highQC, proof } = statement;
  const timeout: Timeout = {
    epoch,
    view,
    author: life.self ?? 0,
    signature,
    committedView: life.servedCC.view,
    highQC,
    ...(proof && { proof }),
  };
  life.collector.addTimeout(timeout);
  for (let member = 0; member < life.n; member++) {
    if (to === undefined || to === member) peerState(life, member).timeoutSentAt = at;
  }
  deliverTo(turn, { type: 'timeout', timeout }, to);
  collectTimeoutCertificate(turn, view);
}

/** Takes in a timeout certificate for the current view once q members gave up on it. */
export function collectTimeoutCertificate<S>(turn: Turn<S>, view: number): void {
  const { life } = turn;
  if (view !== viewOf(life)) return;
  const tc = life.collector.timeoutCertificate(view);
  if (tc !== undefined) absorbTimeoutCertificate(turn, tc);
}

function deliverTo<S>(turn: Turn<S>, message: ConsensusMessage, to: PeerRef | undefined): void {
  if (to === undefined) broadcast(turn, message);
  else send(turn, to, message);
}

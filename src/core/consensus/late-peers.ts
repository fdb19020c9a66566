import type { PeerRef } from './effect.js';
import { blockPreimage, timeoutPreimage } from '../../domain/codec/consensus-preimage.js';
import type { Certificate, Status, Timeout, Vote } from '../../domain/consensus.js';
import { castTimeout, repeatCommit, repeatVote } from './casting.js';
import { absorbCertificate, absorbTimeoutCertificate } from './certificate-intake.js';
import { backedOff, hasReason, hurry, viewBaseMs } from './pacemaker.js';
import type { Life } from './state.js';
import { maySign, viewOf } from './state.js';
import type { Turn } from './turn.js';
import { cancelTimer, halt, peerState, persist, send, setTimer } from './turn.js';

/** S1 and S2: what a replica tells those who are behind, and on every connect. */

/** S1, per peer at most once per T0 / 4: the certificates that bring it up. */
export function answerLate<S>(
  turn: Turn<S>,
  to: PeerRef,
  what: { readonly certificates: readonly Certificate[]; readonly view?: boolean },
): void {
  const { life, at } = turn;
  const peer = peerState(life, to);
  if (at - peer.answeredAt < viewBaseMs(life) / 4) return;
  peer.answeredAt = at;
  for (const certificate of what.certificates) {
    send(turn, to, { type: 'certificate', certificate });
  }
  if (what.view !== true) return;
  const { highQC, highTC } = life;
  if (highTC !== undefined && highTC.view > highQC.view) {
    send(turn, to, { type: 'timeout-certificate', tc: highTC });
  }
  if (!what.certificates.includes(highQC) && highQC.view > (highTC?.highQC.view ?? -1)) {
    send(turn, to, { type: 'certificate', certificate: highQC });
  }
}

/**
 * A replica without a reason answers a repeated TIMEOUT with its own. Not within a view length of
 * having sent it: two such replicas would answer each other for ever.
 */
export function answerRepeatedTimeout<S>(turn: Turn<S>, to: PeerRef): void {
  const { life, at } = turn;
  if (life.safety.lastTimeout.view !== viewOf(life) || hasReason(life)) return;
  const peer = peerState(life, to);
  if (at - peer.timeoutSentAt < viewBaseMs(life)) return;
  peer.timeoutSentAt = at;
  castTimeout(turn, to);
}

export function sendStatus<S>(turn: Turn<S>, to: PeerRef): void {
  const { life, at } = turn;
  const { highQC, highTC, servedCC } = life;
  const yourNewest = typeof to === 'number' ? life.collector.newest(to) : undefined;
  const status: Status = {
    epoch: life.config.epoch.epoch,
    view: viewOf(life),
    highQC,
    ...(highTC && highTC.view > highQC.view && { highTC }),
    ...(servedCC.view > 0 && { lastCC: servedCC }),
    ...(yourNewest && { yourNewest }),
    ...(life.awaited && { wantsReply: true }),
  };
  peerState(life, to).statusAt = at;
  send(turn, to, { type: 'status', status });
}

export function onConnected<S>(turn: Turn<S>, peer: PeerRef): void {
  const { life } = turn;
  const state = peerState(life, peer);
  state.connected = true;
  state.heardView = viewOf(life);
  sendStatus(turn, peer);
  if (typeof peer === 'string') return;
  hurry(turn);
  if (life.awaited !== undefined && !life.timers.has('status')) {
    setTimer(turn, 'status', viewBaseMs(life));
  }
}

/** Asks again those members whose Status a restarted replica still awaits. */
export function onStatusTimer<S>(turn: Turn<S>): void {
  const { life } = turn;
  if (life.awaited === undefined) return;
  const silent = Array.from({ length: life.n }, (_, member) => member).filter(
    (member) => life.peers.get(member)?.connected === true && life.awaited?.has(member) !== true,
  );
  for (const member of silent) sendStatus(turn, member);
  life.statusRound++;
  if (silent.length === 0) return;
  const { viewMaxMs } = life.config.timing;
  setTimer(turn, 'status', backedOff(viewBaseMs(life), life.statusRound, viewMaxMs));
}

export function onStatus<S>(turn: Turn<S>, from: PeerRef, status: Status): void {
  const { life, at } = turn;
  if (status.epoch !== life.config.epoch.epoch) return;
  if (!absorbCertificate(turn, status.highQC)) return;
  if (status.highTC && !absorbTimeoutCertificate(turn, status.highTC)) return;
  if (status.lastCC && !absorbCertificate(turn, status.lastCC)) return;
  if (status.yourNewest) checkOwnPast(turn, status.yourNewest);
  if (typeof from === 'number') life.awaited?.add(from);
  const peer = peerState(life, from);
  if (status.wantsReply === true && at - peer.statusAt >= viewBaseMs(life) / 4) {
    sendStatus(turn, from);
    return;
  }
  const behindCC = (status.lastCC?.view ?? 0) < life.servedCC.view;
  const certificates = behindCC ? [life.servedCC] : [];
  const behind = status.view < viewOf(life);
  if (behind || behindCC) answerLate(turn, from, { certificates, view: behind });
}

/** Is this a statement of this replica that its safety state knows nothing of? */
function unknownToUs<S>(life: Life<S>, message: Vote | Timeout): boolean {
  const { lastVote, lastCommit, lastTimeout } = life.safety;
  if (!('kind' in message)) return message.view > lastTimeout.view;
  const last = message.kind === 'vote' ? lastVote : lastCommit;
  return message.view > last.view || (message.view === last.view && message.block !== last.block);
}

/**
 * A peer shows a newer signed message of this replica than its own records hold: the records are
 * not the newest, so it may have said anything since. It never votes in this epoch again.
 */
function checkOwnPast<S>(turn: Turn<S>, message: Vote | Timeout): void {
  const { life } = turn;
  if (!life.voting || message.author !== life.self) return;
  if (message.epoch !== life.config.epoch.epoch || !unknownToUs(life, message)) return;
  const { epoch } = life.config;
  const preimage =
    'kind' in message
      ? blockPreimage(epoch, message.kind, message.view, message.block)
      : timeoutPreimage(epoch, message.view, message.highQC.view);
  if (!life.checker.signature(message.author, preimage, message.signature)) return;
  halt(turn, {
    code: 'SAFETY_RECORD_LOST',
    detail: `a peer holds an own statement of view ${String(message.view)}, newer than the record`,
  });
  life.awaited = undefined;
  persist(turn, {});
}

/** A restarted replica signs once it has heard q − 1 members and holds its highest certificate. */
export function endAwaiting<S>(turn: Turn<S>): void {
  const { life } = turn;
  const { awaited } = life;
  if (awaited === undefined || awaited.size < life.q - 1) return;
  if (life.highQC.view < life.signFromQcView) return;
  life.awaited = undefined;
  cancelTimer(turn, 'status');
  if (!maySign(life)) return;
  // Own statements of the former life count again and go out again, or n = 3 waits for ever.
  repeatVote(turn);
  repeatCommit(turn);
  if (life.safety.lastTimeout.view === viewOf(life)) castTimeout(turn);
}

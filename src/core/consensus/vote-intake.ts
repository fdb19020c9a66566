import type { PeerRef } from './effect.js';
import { blockPreimage, timeoutPreimage } from '../../domain/codec/consensus-preimage.js';
import type { Timeout, Vote } from '../../domain/consensus.js';
import { collectTimeoutCertificate } from './casting.js';
import {
  absorbCertificate,
  absorbTimeoutCertificate,
  collectCertificate,
} from './certificate-intake.js';
import { answerLate, answerRepeatedTimeout } from './late-peers.js';
import { joinTimeouts } from './pacemaker.js';
import type { Life } from './state.js';
import { viewOf } from './state.js';
import type { Turn } from './turn.js';

function inScope<S>(life: Life<S>, message: Vote | Timeout): boolean {
  return (
    message.epoch === life.config.epoch.epoch &&
    message.author < life.n &&
    message.view >= 1 &&
    message.author !== life.self
  );
}

function inWindow<S>(life: Life<S>, view: number): boolean {
  return Math.abs(view - viewOf(life)) <= life.config.limits.viewWindow;
}

/** Takes a VOTE or COMMIT into its slot. Signatures beyond a certificate are not verified. */
export function takeBallot<S>(turn: Turn<S>, vote: Vote): void {
  const { life } = turn;
  const { kind, view, block, author } = vote;
  if (!inScope(life, vote) || !inWindow(life, view)) return;
  if (life.collector.ballot(kind, view, author)?.block === block) return;
  const known = kind === 'vote' ? life.highQC.view : life.lastCC.view;
  if (view <= known && !life.collector.contradicts(vote)) return;
  const preimage = blockPreimage(life.config.epoch, kind, view, block);
  if (!life.checker.signature(author, preimage, vote.signature)) return;
  const equivocation = life.collector.addBallot(vote);
  if (equivocation) turn.effects.push({ kind: 'report-equivocation', equivocation });
  collectCertificate(turn, kind, vote);
}

export function onVote<S>(turn: Turn<S>, from: PeerRef, vote: Vote): void {
  const { life } = turn;
  const { qc, kind, view, author } = vote;
  if (!inScope(life, vote)) return;
  const held = life.collector.ballot(kind, view, author);
  if (qc !== undefined && qc.view === view && qc.block === vote.block) {
    if (view > life.highQC.view) absorbCertificate(turn, qc);
  }
  takeBallot(turn, vote);
  // S1: a repeat of what is settled shows that its sender does not know. A first vote that is
  // merely slower than the others is no such sign.
  const repeated = held !== undefined || qc !== undefined || view < life.servedCC.view;
  if (from === author && repeated && view <= life.servedCC.view) {
    answerLate(turn, from, { certificates: [life.servedCC] });
  }
}

/** Takes in what a timeout proves; false when it is not valid or its view is not proven. */
function provenTimeout<S>(turn: Turn<S>, timeout: Timeout): boolean {
  const { life } = turn;
  const { view, highQC, proof } = timeout;
  if (highQC.view >= view) return false;
  if (proof !== undefined && (proof.view !== view - 1 || !absorbTimeoutCertificate(turn, proof))) {
    return false;
  }
  return absorbCertificate(turn, highQC) && view <= viewOf(life);
}

export function onTimeout<S>(turn: Turn<S>, from: PeerRef, timeout: Timeout): void {
  const { life } = turn;
  const { view, author, highQC } = timeout;
  if (!inScope(life, timeout) || !provenTimeout(turn, timeout)) return;
  const held = life.collector.timeout(view, author);
  if (held === undefined && inWindow(life, view)) {
    const preimage = timeoutPreimage(life.config.epoch, view, highQC.view);
    if (!life.checker.signature(author, preimage, timeout.signature)) return;
    const equivocation = life.collector.addTimeout(timeout);
    if (equivocation) turn.effects.push({ kind: 'report-equivocation', equivocation });
  }
  const current = viewOf(life);
  if (view === current) {
    joinTimeouts(turn);
    collectTimeoutCertificate(turn, view);
  }
  if (from !== author) return;
  const certificates = timeout.committedView < life.servedCC.view ? [life.servedCC] : [];
  if (view < current) answerLate(turn, from, { certificates, view: true });
  else if (certificates.length > 0) answerLate(turn, from, { certificates });
  else if (held !== undefined) answerRepeatedTimeout(turn, from);
}

import type { Certificate, TimeoutCertificate } from '../../domain/consensus.js';
import type { Turn } from './turn.js';

/**
 * Takes a certificate in: it may move the view, the highest certificate and the commit point.
 * False when it is not valid. A COMMIT certificate counts wherever a VOTE certificate does.
 */
export function absorbCertificate<S>(turn: Turn<S>, cert: Certificate): boolean {
  const { life } = turn;
  const newCC = cert.kind === 'commit' && cert.view > life.lastCC.view;
  if (!life.checker.certificate(cert)) return false;
  if (newCC) life.lastCC = cert;
  // On a tie the commit certificate is kept: it proves more.
  const better = cert.kind === 'commit' && life.highQC.kind === 'vote';
  if (cert.view > life.highQC.view || (cert.view === life.highQC.view && better)) {
    life.highQC = cert;
  }
  return true;
}

export function absorbTimeoutCertificate<S>(turn: Turn<S>, tc: TimeoutCertificate): boolean {
  const { life } = turn;
  if (!life.checker.timeoutCertificate(tc)) return false;
  if (tc.view > (life.highTC?.view ?? 0)) life.highTC = tc;
  return absorbCertificate(turn, tc.highQC);
}

/** Takes in what the replica's own collector has completed. */
export function collectCertificate<S>(
  turn: Turn<S>,
  kind: Certificate['kind'],
  at: Pick<Certificate, 'view' | 'block'>,
): void {
  const { life } = turn;
  const known = kind === 'vote' ? life.highQC.view : life.lastCC.view;
  if (at.view <= known) return;
  const cert = life.collector.certificate(kind, at.view, at.block);
  if (cert !== undefined) absorbCertificate(turn, cert);
}

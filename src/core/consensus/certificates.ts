import { equalBytes } from '../../base/bytes.js';
import { blockPreimage, timeoutPreimage } from '../../domain/codec/consensus-preimage.js';
import type { Certificate, EpochState, TimeoutCertificate } from '../../domain/consensus.js';
import type { VerifySignature } from './settlement-rules.js';

/**
 * Checks certificates against one epoch. Signatures that held are remembered, so a certificate
 * that arrives inside many messages is verified once.
 */
export class CertificateChecker {
  readonly #epoch: EpochState;
  readonly #verify: VerifySignature;
  /** By signature; compared with key and message, so an entry stands for exactly one check. */
  readonly #held = new Map<string, { readonly member: number; readonly preimage: Uint8Array }>();
  readonly #max: number;

  constructor(epoch: EpochState, verify: VerifySignature, cacheMax: number) {
    this.#epoch = epoch;
    this.#verify = verify;
    this.#max = cacheMax;
  }

  /** Does this member's key stand behind the signature of `preimage`? */
  signature(member: number, preimage: Uint8Array, signature: Uint8Array): boolean {
    const key = this.#epoch.members[member]?.consensusKey;
    if (key === undefined) return false;
    const slot = String.fromCharCode(...signature);
    const held = this.#held.get(slot);
    if (held?.member === member && equalBytes(held.preimage, preimage)) return true;
    if (!this.#verify(key, preimage, signature)) return false;
    this.#remember(slot, member, preimage);
    return true;
  }

  /** Exactly q distinct members, all signatures valid; or the anchor, which is final by decree. */
  certificate(cert: Certificate): boolean {
    if (cert.epoch !== this.#epoch.epoch) return false;
    if (isAnchor(this.#epoch, cert)) return true;
    if (cert.view < 1 || !this.#quorum(cert.signers, cert.signatures)) return false;
    const preimage = blockPreimage(this.#epoch, cert.kind, cert.view, cert.block);
    return cert.signers.every((member, i) => {
      const signature = cert.signatures[i];
      return signature !== undefined && this.signature(member, preimage, signature);
    });
  }

  /**
   * q distinct members; every highQcView < view; highQC valid and of exactly the greatest view
   * that was reported, or one member could claim a view that nobody can build on.
   */
  timeoutCertificate(tc: TimeoutCertificate): boolean {
    if (tc.epoch !== this.#epoch.epoch || tc.view < 1) return false;
    if (tc.highQcViews.length !== tc.signers.length) return false;
    if (!this.#quorum(tc.signers, tc.signatures)) return false;
    if (Math.max(...tc.highQcViews) !== tc.highQC.view || tc.highQC.view >= tc.view) return false;
    const signed = tc.signers.every((member, i) => {
      const signature = tc.signatures[i];
      const highQcView = tc.highQcViews[i];
      if (signature === undefined || highQcView === undefined) return false;
      const preimage = timeoutPreimage(this.#epoch, tc.view, highQcView);
      return this.signature(member, preimage, signature);
    });
    return signed && this.certificate(tc.highQC);
  }

  #quorum(signers: readonly number[], signatures: readonly Uint8Array[]): boolean {
    const { q, members } = this.#epoch;
    if (signers.length !== q || signatures.length !== q) return false;
    return signers.every(
      (member, i) => member < members.length && (i === 0 || member > (signers[i - 1] ?? 0)),
    );
  }

  #remember(slot: string, member: number, preimage: Uint8Array): void {
    if (this.#held.size >= this.#max) {
      // The oldest is the first: a Map iterates in order of insertion.
      for (const oldest of this.#held.keys()) {
        this.#held.delete(oldest);
        break;
      }
    }
    this.#held.set(slot, { member, preimage });
  }
}

/** The certificate that the epoch's anchor counts as: of view 0, without a signature. */
export function anchorCertificate(epoch: EpochState): Certificate {
  return {
    kind: 'commit',
    epoch: epoch.epoch,
    view: 0,
    block: epoch.anchor.digest,
    signers: [],
    signatures: [],
  };
}

export function isAnchor(epoch: EpochState, cert: Certificate): boolean {
  return (
    cert.view === 0 &&
    cert.kind === 'commit' &&
    cert.block === epoch.anchor.digest &&
    cert.signers.length === 0 &&
    cert.signatures.length === 0
  );
}

/** The certificate of the newer view; the held one when they tie. */
export function newerQC(held: Certificate, other: Certificate): Certificate {
  return other.view > held.view ? other : held;
}

/** As a field to spread: absent when there is neither. */
export function newerTC(
  held: TimeoutCertificate | undefined,
  other: TimeoutCertificate | undefined,
): { highTC?: TimeoutCertificate } {
  if (other !== undefined && (held === undefined || other.view > held.view)) {
    return { highTC: other };
  }
  return held === undefined ? {} : { highTC: held };
}

import { assert } from '../../base/assert.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { blockId } from '../../domain/codec/consensus-parts.js';
import { blockPreimage, timeoutPreimage } from '../../domain/codec/consensus-preimage.js';
import type {
  BlockRecord,
  Certificate,
  EpochState,
  TimeoutCertificate,
  Vote,
} from '../../domain/consensus.js';
import type { BlockId } from '../../domain/ids.js';
import { CertificateChecker } from './certificates.js';
import { DEFAULT_LIMITS } from './config.js';
import type { VerifySignature } from './settlement-rules.js';

/**
 * Who signed what no honest member signs, once two commit certificates contradict each other. A
 * pure function of what both sides stored: whoever holds the epoch can repeat it.
 */

export interface Conflict {
  readonly epoch: EpochState;
  /** The commit certificate of the lower view, or either of two in one view. */
  readonly first: Certificate;
  readonly second: Certificate;
  /** Chain of the second's block back to the first view ≤ that of `first`; in any order. */
  readonly records: readonly BlockRecord[];
  readonly verify: VerifySignature;
}

/** What a TIMEOUT signs, as it stands in a timeout certificate. */
export interface SignedTimeout {
  readonly epoch: number;
  readonly view: number;
  readonly author: number;
  readonly highQcView: number;
  readonly signature: Uint8Array;
}

/** Two statements of one member that exclude each other. */
export type Contradiction =
  /** A COMMIT, and a VOTE or COMMIT for a different block in the same view. */
  | {
      readonly rule: 'E2';
      readonly member: number;
      readonly commit: Vote;
      readonly other: Vote;
    }
  /** COMMIT(v) and TIMEOUT(w ≥ v) with highQcView < v. */
  | {
      readonly rule: 'E3';
      readonly member: number;
      readonly commit: Vote;
      readonly other: SignedTimeout;
    };

export interface Accusation {
  readonly rule: Contradiction['rule'];
  /** Member indexes, ascending: at least 2q − n. */
  readonly culprits: readonly number[];
  /** One for each culprit, in the same order. */
  readonly evidence: readonly Contradiction[];
}

/** Why nobody is accused. */
export type ForensicsRefusal =
  /** A certificate is not a valid COMMIT certificate of this epoch. */
  | { readonly code: 'CERTIFICATE_INVALID'; readonly which: 'first' | 'second' }
  | { readonly code: 'ORDER_REVERSED' }
  /** One block, or the first is an ancestor of the second. */
  | { readonly code: 'NO_CONFLICT' }
  | { readonly code: 'RECORD_MISSING'; readonly block: BlockId }
  /** The record breaks the block format: only a quorum without an honest member certifies it. */
  | { readonly code: 'RECORD_INVALID'; readonly block: BlockId; readonly detail: string };

/**
 * Names the members behind two conflicting commits. Two quorums share 2q − n members, and those
 * of the two certificates found here said things that the safety rules never allow together.
 */
export function accuse(conflict: Conflict): Result<Accusation, ForensicsRefusal> {
  const { epoch, first, second, verify } = conflict;
  const checker = new CertificateChecker(epoch, verify, DEFAULT_LIMITS.verifiedCacheMax);
  for (const which of ['first', 'second'] as const) {
    const cert = conflict[which];
    if (cert.kind !== 'commit' || !checker.certificate(cert)) {
      return err({ code: 'CERTIFICATE_INVALID', which });
    }
  }
  if (first.view > second.view) return err({ code: 'ORDER_REVERSED' });
  if (first.block === second.block) return err({ code: 'NO_CONFLICT' });
  if (first.view === second.view) return accusation('E2', contradictingBallots(first, second));
  const found = firstAbove(conflict, checker);
  if (!found.ok) return found;
  const { justify, tc } = found.value;
  if (justify.block === first.block) return err({ code: 'NO_CONFLICT' });
  if (justify.view === first.view) return accusation('E2', contradictingBallots(first, justify));
  // The parent is older than the first certificate, so the view was entered by timeouts.
  assert(tc !== undefined, 'a block that skips views was checked with its timeout certificate');
  return accusation('E3', contradictingTimeouts(first, tc));
}

/** Do these two statements prove that the member's key was misused, or its state rolled back? */
export function provesMisuse(
  epoch: EpochState,
  evidence: Contradiction,
  verify: VerifySignature,
): boolean {
  const { member, commit, other } = evidence;
  const key = epoch.members[member]?.consensusKey;
  if (key === undefined || commit.kind !== 'commit') return false;
  if (commit.author !== member || other.author !== member) return false;
  if (commit.epoch !== epoch.epoch || other.epoch !== epoch.epoch) return false;
  const { view, block, signature } = commit;
  if (!verify(key, blockPreimage(epoch, 'commit', view, block), signature)) return false;
  if (evidence.rule === 'E2') {
    const ballot = evidence.other;
    const said = blockPreimage(epoch, ballot.kind, ballot.view, ballot.block);
    return ballot.view === view && ballot.block !== block && verify(key, said, ballot.signature);
  }
  const timeout = evidence.other;
  const said = timeoutPreimage(epoch, timeout.view, timeout.highQcView);
  const excluded = timeout.view >= view && timeout.highQcView < view;
  return excluded && verify(key, said, timeout.signature);
}

/** The lowest block of the second's chain whose view is above that of the first certificate. */
function firstAbove(
  { epoch, first, second, records }: Conflict,
  checker: CertificateChecker,
): Result<BlockRecord, ForensicsRefusal> {
  const held = new Map(records.map((record) => [blockId(record.header), record]));
  let expected = { block: second.block, view: second.view };
  for (;;) {
    const { block, view } = expected;
    const record = held.get(block);
    if (record === undefined) return err({ code: 'RECORD_MISSING', block });
    const detail = flawOf(record, epoch, checker) ?? viewFlaw(record, view);
    if (detail !== undefined) return err({ code: 'RECORD_INVALID', block, detail });
    if (record.justify.view <= first.view) return ok(record);
    expected = record.justify;
  }
}

function viewFlaw({ header }: BlockRecord, certified: number): string | undefined {
  return header.view === certified ? undefined : 'it was certified in another view';
}

/** What every honest voter of the block has checked; certificates are not part of its digest. */
function flawOf(
  record: BlockRecord,
  epoch: EpochState,
  checker: CertificateChecker,
): string | undefined {
  const { header, justify } = record;
  const { opId, valSetHash } = epoch;
  if (header.opId !== opId || header.epoch !== epoch.epoch || header.valSetHash !== valSetHash) {
    return 'it belongs to another epoch';
  }
  if (justify.block !== header.parent || justify.view !== header.justifyView) {
    return 'its certificate is not for its parent';
  }
  if (justify.view >= header.view) return 'its parent is not of an earlier view';
  if (!checker.certificate(justify)) return 'its certificate is not valid';
  if (justify.view === header.view - 1) return undefined;
  return timeoutFlaw(record, checker);
}

function timeoutFlaw({ header, tc }: BlockRecord, checker: CertificateChecker): string | undefined {
  if (tc === undefined) return 'it skips views without a timeout certificate';
  if (tc.view !== header.tcView || tc.view !== header.view - 1) {
    return 'its timeout certificate is not of the view before';
  }
  if (tc.highQC.view !== header.tcHighView || header.justifyView < header.tcHighView) {
    return 'its parent is older than its timeout certificate allows';
  }
  return checker.timeoutCertificate(tc) ? undefined : 'its timeout certificate is not valid';
}

function contradictingBallots(commit: Certificate, other: Certificate): readonly Contradiction[] {
  return shared(commit, other).map(({ member, a, b }) => ({
    rule: 'E2',
    member,
    commit: ballotOf(commit, member, a),
    other: ballotOf(other, member, b),
  }));
}

/** Every reported view is at most that of the certificate's highQC, which is below the commit. */
function contradictingTimeouts(
  commit: Certificate,
  tc: TimeoutCertificate,
): readonly Contradiction[] {
  return shared(commit, tc).map(({ member, a, b, at }) => ({
    rule: 'E3',
    member,
    commit: ballotOf(commit, member, a),
    other: {
      epoch: tc.epoch,
      view: tc.view,
      author: member,
      highQcView: tc.highQcViews[at] ?? tc.highQC.view,
      signature: b,
    },
  }));
}

interface Signed {
  readonly signers: readonly number[];
  readonly signatures: readonly Uint8Array[];
}

/** Members that signed both, with their signatures; `at` is the place in `other`. */
function shared(
  one: Signed,
  other: Signed,
): readonly { member: number; a: Uint8Array; b: Uint8Array; at: number }[] {
  return one.signers.flatMap((member, i) => {
    const at = other.signers.indexOf(member);
    const a = one.signatures[i];
    const b = other.signatures[at];
    return a === undefined || b === undefined ? [] : [{ member, a, b, at }];
  });
}

function ballotOf(cert: Certificate, author: number, signature: Uint8Array): Vote {
  const { kind, epoch, view, block } = cert;
  return { kind, epoch, view, block, author, signature };
}

function accusation(
  rule: Contradiction['rule'],
  evidence: readonly Contradiction[],
): Result<Accusation, never> {
  return ok({ rule, culprits: evidence.map(({ member }) => member), evidence });
}

import { utf8 } from '../../base/bytes.js';
import type { EpochState } from '../consensus.js';
import type { BlockId, CoreId, OpId } from '../ids.js';
import { ZERO_32 } from '../ids.js';
import { TAGS } from '../tags.js';
import { ByteWriter } from './consensus-bytes.js';

/** Kinds of signed statements with their wire numbers. */
export const PREIMAGE_KINDS = {
  vote: 1,
  commit: 2,
  timeout: 3,
  approval: 4,
  joinReady: 5,
  epochAck: 6,
  genesis: 7,
} as const;

interface Scope {
  readonly opId: OpId;
  readonly epoch: number;
  readonly valSetHash: string;
}

const TAG = utf8(TAGS.bft);

/**
 * "entente:bft:1" ‖ 0x00 ‖ kind ‖ opId ‖ epoch ‖ valSetHash ‖ view, to be followed by the body.
 * The statement is bound to the operation, the epoch and its exact members, so it is valid nowhere
 * else. A COSE signature input starts with 0x84: no event signature is a statement.
 */
function preimage(kind: keyof typeof PREIMAGE_KINDS, scope: Scope, view: number): ByteWriter {
  return new ByteWriter()
    .bytes(TAG)
    .u8(0)
    .u8(PREIMAGE_KINDS[kind])
    .id(scope.opId)
    .u64(scope.epoch)
    .id(scope.valSetHash)
    .u64(view);
}

/** What a VOTE or COMMIT signs: 127 bytes. */
export function blockPreimage(
  epoch: Pick<EpochState, keyof Scope>,
  kind: 'vote' | 'commit',
  view: number,
  block: BlockId,
): Uint8Array {
  return preimage(kind, epoch, view).id(block).done();
}

/** What a TIMEOUT signs: 103 bytes. The certificate itself proves the view. */
export function timeoutPreimage(
  epoch: Pick<EpochState, keyof Scope>,
  view: number,
  highQcView: number,
): Uint8Array {
  return preimage('timeout', epoch, view).u64(highQcView).done();
}

/** An approval outlives a change of members: its epoch and member set are zero. */
export function approvalPreimage(opId: OpId, coreId: CoreId, opened: number): Uint8Array {
  const scope = { opId, epoch: 0, valSetHash: ZERO_32 };
  return preimage('approval', scope, 0).id(coreId).u32(opened).done();
}

/** What an authority of each participant signs to accept an operation. No body. */
export function genesisPreimage(opId: OpId): Uint8Array {
  return preimage('genesis', { opId, epoch: 0, valSetHash: ZERO_32 }, 0).done();
}

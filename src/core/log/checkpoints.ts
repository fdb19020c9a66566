import { equalBytes } from '../../base/bytes.js';
import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { checkpointTbs, encodeCheckpointHead } from '../../domain/codec/checkpoint.js';
import type { Checkpoint } from '../../domain/checkpoint.js';
import type { Kid } from '../../domain/ids.js';
import type { LogRefusal } from './refusals.js';
import { logRefusal } from './refusals.js';

/** The one signature predicate, handed in by the shell. */
export type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Key of a verified node credential of the log's nation: the current one, or the one before. */
export interface LogKey {
  readonly kid: Kid;
  readonly publicKey: Uint8Array;
}

export type CheckpointRefusal = LogRefusal<'UNKNOWN_KID' | 'BAD_SIGNATURE'>;

/** Checks a checkpoint's signature against the keys that may sign for its log. */
export function verifyCheckpoint(
  checkpoint: Checkpoint,
  keys: readonly LogKey[],
  verify: Verify,
): Result<Checkpoint, CheckpointRefusal> {
  const place = `checkpoint ${String(checkpoint.size)} of ${checkpoint.nation}`;
  const key = keys.find(({ kid }) => kid === checkpoint.kid);
  if (key === undefined) {
    return err(
      logRefusal('UNKNOWN_KID', {
        field: 'checkpoint.kid',
        rule: "a checkpoint is signed with the nation's node key",
        detail: `${place} names key ${checkpoint.kid}, which is no node key of the nation`,
        remedy: "fetch the nation's newest node credential",
      }),
    );
  }
  const tbs = checkpointTbs(checkpoint, checkpoint.kid);
  if (verify(key.publicKey, tbs, checkpoint.signature)) return ok(checkpoint);
  return err(
    logRefusal('BAD_SIGNATURE', {
      field: 'checkpoint.signature',
      rule: 'the signature covers the whole checkpoint (RFC 9052)',
      detail: `${place} is not signed by key ${checkpoint.kid}`,
      remedy: 'ask another holder for the checkpoint',
    }),
  );
}

/**
 * How an offered checkpoint stands to one held of the same log. `fork`: one size with two roots or
 * two label roots; both checkpoints together are the proof, checkable offline. Time alone is no fork.
 */
export function compareCheckpoints(
  held: Checkpoint,
  offered: Checkpoint,
): 'older' | 'same' | 'newer' | 'fork' | 'other-log' {
  if (held.nation !== offered.nation || held.logNumber !== offered.logNumber) return 'other-log';
  if (offered.size !== held.size) return offered.size < held.size ? 'older' : 'newer';
  const atSameTime = { ...offered, time: held.time };
  const same = equalBytes(encodeCheckpointHead(held), encodeCheckpointHead(atSameTime));
  return same ? 'same' : 'fork';
}

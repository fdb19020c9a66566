import { describe, expect, it } from 'vitest';
import {
  decodeCheckpoint,
  decodeCompactCheckpoint,
  encodeCheckpoint,
  encodeCheckpointHead,
  encodeCompactCheckpoint,
} from '../../../src/domain/codec/checkpoint.js';
import { decodeLeafHeader, encodeLeafHeader } from '../../../src/domain/codec/leaf.js';
import type { Digest, Kid } from '../../../src/domain/ids.js';
import { ZERO_32 } from '../../../src/domain/ids.js';
import { compareCheckpoints, verifyCheckpoint } from '../../../src/core/log/index.js';
import {
  LOG_KEY,
  bytesOf,
  signCheckpoint,
  verifyEd25519,
  writeLog,
} from '../../support/log-world.js';

const { leaves, checkpointAt } = writeLog([0, 1, 0, 2, 1]);
const checkpoint = checkpointAt(5);

describe('leaf header', () => {
  it('takes 104 bytes at index 10,000', () => {
    const header = { ...leaves[1]!.header, index: 10_000, classSeq: 5_000 };
    expect(encodeLeafHeader(header)).toHaveLength(104);
  });

  it('decodes to itself and refuses anything else', () => {
    for (const { header } of leaves) {
      expect(decodeLeafHeader(encodeLeafHeader(header))).toEqual({ ok: true, value: header });
    }
    const bytes = encodeLeafHeader(leaves[0]!.header);
    for (const wrong of [bytes.subarray(1), Uint8Array.of(...bytes, 0), new Uint8Array(0)]) {
      expect(decodeLeafHeader(wrong)).toMatchObject({ ok: false, error: { code: 'LEAF_FORM' } });
    }
  });
});

describe('checkpoint', () => {
  it('takes 82 bytes, 146 compact and 233 as COSE_Sign1 below size 65,536; 84 above', () => {
    const small = signCheckpoint({ ...checkpoint, size: 10_000 });
    expect(encodeCheckpointHead(small)).toHaveLength(82);
    expect(encodeCompactCheckpoint(small)).toHaveLength(146);
    expect(encodeCheckpoint(small)).toHaveLength(233);
    expect(encodeCheckpointHead({ ...checkpoint, size: 65_536 })).toHaveLength(84);
  });

  it('decodes from both forms', () => {
    const compact = encodeCompactCheckpoint(checkpoint);
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual({ ok: true, value: checkpoint });
    expect(decodeCompactCheckpoint(compact, LOG_KEY.kid)).toEqual({ ok: true, value: checkpoint });
  });

  it('refuses another type of object and bytes that are cut', () => {
    const bytes = encodeCheckpoint(checkpoint);
    for (const wrong of [bytes.subarray(0, 200), bytesOf('noise', 233), new Uint8Array(0)]) {
      expect(decodeCheckpoint(wrong)).toMatchObject({ error: { code: 'CHECKPOINT_FORM' } });
      expect(decodeCompactCheckpoint(wrong, LOG_KEY.kid).ok).toBe(false);
    }
  });

  it('is verified with the key it names, in every field', () => {
    expect(verifyCheckpoint(checkpoint, [LOG_KEY], verifyEd25519).ok).toBe(true);
    const changes = [
      { size: 6 },
      { time: 1 },
      { logNumber: 1 },
      { root: ZERO_32 },
      { labelRoot: ZERO_32 },
      { signature: bytesOf('signature', 64) },
    ];
    for (const change of changes) {
      expect(
        verifyCheckpoint({ ...checkpoint, ...change }, [LOG_KEY], verifyEd25519),
      ).toMatchObject({ ok: false, error: { code: 'BAD_SIGNATURE' } });
    }
    const stranger = { ...checkpoint, kid: ZERO_32 as string as Kid };
    expect(verifyCheckpoint(stranger, [LOG_KEY], verifyEd25519)).toMatchObject({
      error: { code: 'UNKNOWN_KID' },
    });
  });

  it('compares by size, root and label root, not by time', () => {
    const other = 'ab'.repeat(32) as Digest;
    expect(compareCheckpoints(checkpoint, checkpointAt(4))).toBe('older');
    expect(compareCheckpoints(checkpointAt(4), checkpoint)).toBe('newer');
    expect(compareCheckpoints(checkpoint, { ...checkpoint, time: 1 })).toBe('same');
    expect(compareCheckpoints(checkpoint, { ...checkpoint, root: other })).toBe('fork');
    expect(compareCheckpoints(checkpoint, { ...checkpoint, labelRoot: other })).toBe('fork');
    expect(compareCheckpoints(checkpoint, { ...checkpoint, logNumber: 1 })).toBe('other-log');
  });
});

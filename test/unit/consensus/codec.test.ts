import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  approvalPreimage,
  blockPreimage,
  decodeBlockRecord,
  decodeCertificate,
  decodeConsensusMessage,
  decodeSafetyGuard,
  decodeSafetyRecord,
  encodeBlockRecord,
  encodeCertificate,
  encodeConsensusMessage,
  encodeHeader,
  encodeSafetyGuard,
  encodeSafetyRecord,
  encodeTimeoutCertificate,
  genesisPreimage,
  timeoutPreimage,
} from '../../../src/domain/codec/consensus.js';
import { initialSafety } from '../../../src/core/consensus/recovery.js';
import type { ConsensusMessage, Timeout } from '../../../src/domain/consensus.js';
import type { CoreId } from '../../../src/domain/ids.js';
import { entryId, Fixture, id } from './fixtures.js';

const fixture = new Fixture();
const q = fixture.epoch.q;
const qc = fixture.certificate('vote', 3, id(3));
const cc = fixture.certificate('commit', 2, id(2), 1);
const tc = fixture.timeoutCertificate(4, qc);
const plain = fixture.record(1, [entryId(1), entryId(2)]);
const behindTC = {
  ...fixture.record(5, [], { justifyView: 3, parent: id(3), tcView: 4, tcHighView: 3 }),
  justify: qc,
  tc,
};
const vote = fixture.vote('vote', 5, id(5), 2);
const timeout: Timeout = {
  epoch: 1,
  view: 5,
  author: 1,
  signature: vote.signature,
  committedView: 2,
  highQC: qc,
};

const MESSAGES: readonly ConsensusMessage[] = [
  { type: 'proposal', proposal: { record: plain, vote } },
  { type: 'proposal', proposal: { record: behindTC, vote } },
  { type: 'vote', vote },
  { type: 'vote', vote: fixture.vote('commit', 5, id(5), 2) },
  { type: 'vote', vote: { ...fixture.vote('commit', 3, id(3), 2), qc } },
  { type: 'timeout', timeout },
  { type: 'timeout', timeout: { ...timeout, proof: tc } },
  { type: 'certificate', certificate: cc },
  { type: 'certificate', certificate: initialSafety(fixture.epoch).highQC },
  { type: 'timeout-certificate', tc },
  { type: 'status', status: { epoch: 1, view: 4, highQC: qc } },
  {
    type: 'status',
    status: { epoch: 1, view: 5, highQC: qc, highTC: tc, lastCC: cc, yourNewest: vote },
  },
  {
    type: 'status',
    status: { epoch: 1, view: 5, highQC: qc, yourNewest: timeout, wantsReply: true },
  },
  { type: 'fetch', fetch: { fromDigest: id(7), downToHeight: 3, maxBytes: 4096 } },
  { type: 'blocks', records: [behindTC, plain] },
  { type: 'fetch-entries', ids: [entryId(1), entryId(9)] },
  { type: 'entries', bodies: [Uint8Array.of(1, 2, 3), new Uint8Array(300).fill(7)] },
];

describe('sizes', () => {
  test('are those of the protocol', () => {
    expect(encodeHeader(plain.header)).toHaveLength(183);
    expect(encodeCertificate(qc)).toHaveLength(53 + 64 * q);
    expect(encodeTimeoutCertificate(tc)).toHaveLength(20 + (53 + 64 * q) + 72 * q);
    const size = (message: ConsensusMessage): number => encodeConsensusMessage(message).length - 1;
    expect(size({ type: 'vote', vote })).toBe(114);
    expect(size({ type: 'timeout', timeout })).toBe(90 + 53 + 64 * q);
    const tcBytes = encodeTimeoutCertificate(tc).length;
    expect(size({ type: 'timeout', timeout: { ...timeout, proof: tc } })).toBe(
      90 + 53 + 64 * q + tcBytes,
    );
    expect(encodeBlockRecord(plain)).toHaveLength(183 + 2 * 32 + 53);
  });

  test('of what is signed', () => {
    const { epoch } = fixture;
    expect(blockPreimage(epoch, 'vote', 1, id(1))).toHaveLength(127);
    expect(blockPreimage(epoch, 'commit', 1, id(1))).toHaveLength(127);
    expect(timeoutPreimage(epoch, 1, 0)).toHaveLength(103);
    expect(genesisPreimage(epoch.opId)).toHaveLength(95);
    expect(approvalPreimage(epoch.opId, id(1) as string as CoreId, 5)).toHaveLength(131);
  });
});

describe('messages', () => {
  test.each(MESSAGES.map((message) => [message.type, message] as const))('%s', (_, message) => {
    const bytes = encodeConsensusMessage(message);
    expect(decodeConsensusMessage(bytes)).toEqual({ ok: true, value: message });
  });

  test('cut short or with a byte behind them they are refused', () => {
    for (const message of MESSAGES) {
      const bytes = encodeConsensusMessage(message);
      const cut = message.type === 'vote' && message.vote.qc ? 116 : 0;
      for (let length = cut; length < bytes.length; length++) {
        expect(decodeConsensusMessage(bytes.subarray(0, length)).ok).toBe(false);
      }
      expect(decodeConsensusMessage(Uint8Array.of(...bytes, 0)).ok).toBe(false);
    }
  });

  test('garbled bytes are refused or mean exactly themselves', () => {
    const encoded = MESSAGES.map(encodeConsensusMessage);
    const garbled = fc
      .record({
        from: fc.constantFrom(...encoded),
        at: fc.nat(),
        to: fc.integer({ max: 255, min: 0 }),
      })
      .map(({ from, at, to }) => {
        const bytes = from.slice();
        bytes[at % bytes.length] = to;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(garbled, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        const decoded = decodeConsensusMessage(bytes);
        if (decoded.ok) expect(encodeConsensusMessage(decoded.value)).toEqual(bytes);
        else expect(decoded.error.code).toBe('MALFORMED');
      }),
      { numRuns: 2000 },
    );
  });

  test('integers above 2^53 − 1 are refused', () => {
    const bytes = encodeConsensusMessage({ type: 'vote', vote });
    const past = bytes.slice();
    past.set([0x00, 0x20, 0, 0, 0, 0, 0, 0], 10);
    expect(decodeConsensusMessage(past)).toMatchObject({
      ok: false,
      error: { field: 'vote.view' },
    });
    past.set([0x00, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 10);
    expect(decodeConsensusMessage(past)).toMatchObject({
      ok: true,
      value: { vote: { view: Number.MAX_SAFE_INTEGER } },
    });
  });

  test('counts beyond the limits are refused before anything is read', () => {
    const bytes = encodeBlockRecord(plain);
    new DataView(bytes.buffer).setUint32(179, 2001);
    expect(decodeBlockRecord(bytes)).toMatchObject({
      ok: false,
      error: { field: 'header.entryCount' },
    });
    expect(decodeConsensusMessage(Uint8Array.of(9, 0xff, 0xff))).toMatchObject({
      error: { field: 'ids.count' },
    });
  });

  test('a certificate with a 32nd signer is refused', () => {
    const bytes = encodeCertificate({ ...qc, signers: [], signatures: [] });
    const all = new Uint8Array(53 + 32 * 64);
    all.set(bytes);
    all.fill(0xff, 49, 53);
    expect(decodeCertificate(all).ok).toBe(false);
  });
});

describe('safety record and guard', () => {
  const safety = {
    ...initialSafety(fixture.epoch),
    lastVote: { view: 5, block: id(5) },
    lastTimeout: { view: 4, highQC: qc, proof: tc },
    highQC: qc,
    highTC: tc,
  };
  const record = { counter: 7, lost: false, safety };
  const guard = { counter: 7, voteView: 5, commitView: 0, timeoutView: 4, highQcView: 3 };

  test('round trips', () => {
    for (const value of [
      record,
      { counter: 1, lost: true, safety: initialSafety(fixture.epoch) },
    ]) {
      expect(decodeSafetyRecord(encodeSafetyRecord(value))).toEqual({ ok: true, value });
    }
    expect(decodeSafetyGuard(encodeSafetyGuard(guard))).toEqual({ ok: true, value: guard });
  });

  test('every flipped bit and every cut is noticed', () => {
    for (const [bytes, decode] of [
      [encodeSafetyRecord(record), decodeSafetyRecord],
      [encodeSafetyGuard(guard), decodeSafetyGuard],
    ] as const) {
      for (let at = 0; at < bytes.length; at++) {
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        expect(decode(flipped).ok).toBe(false);
        expect(decode(bytes.subarray(0, at)).ok).toBe(false);
      }
    }
  });
});

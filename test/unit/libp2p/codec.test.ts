import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/base/bytes.js';
import { encodeCbor } from '../../../src/domain/codec/dcbor.js';
import type { StreamFrame } from '../../../src/domain/codec/frame.js';
import { decodeFrame, encodeFrame } from '../../../src/domain/codec/frame.js';
import type { HelloMessage, HelloStep } from '../../../src/domain/codec/hello.js';
import { decodeHello, encodeHello } from '../../../src/domain/codec/hello.js';
import { PRECEDENCES } from '../../../src/domain/event.js';
import { LIMITS } from '../../../src/domain/limits.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const hex = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((b) => toHex(b) as never);
const fixed = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const uint = fc.nat();
const nation = fc.constantFrom('AUS', 'GBR', 'USA').map((code) => code as never);
const op = hex(16);
const hash = hex(32);
const lit = <T extends string>(text: T) => fc.constant(text);

const header = fc.record({
  index: uint,
  class: uint,
  classSeq: uint,
  classPrev: hash,
  precedence: fc.constantFrom(...PRECEDENCES),
  admitted: uint,
  expiry: uint,
  recordHash: hash,
  salt: fixed(16),
});
const checkpoint = fc.record({
  nation,
  logNumber: uint,
  size: uint,
  root: hash,
  labelRoot: hash,
  time: uint,
  kid: hash,
  signature: fixed(64),
});
const item = fc.oneof(
  fc.record({ kind: lit('withheld'), hash }),
  fc.record(
    { kind: lit('event'), header, record: bytes(64), box: bytes(64) },
    { requiredKeys: ['kind', 'header', 'record'] },
  ),
);
const head = fc.record({ nation, logNumber: uint, size: uint, root: hash });
const frames = fc.oneof(
  fc.record({ type: lit('credit'), total: uint }),
  fc.record({ type: lit('heads'), heads: fc.array(head, { maxLength: 5 }) }),
  fc.record({ type: lit('want'), nation, from: uint }),
  fc.record({ type: lit('bft'), op, bytes: bytes(100) }),
  fc.record({ type: lit('core'), op, bytes: bytes(100) }),
  fc.record(
    {
      type: lit('delta'),
      nation,
      from: uint,
      items: fc.array(item, { maxLength: 4 }),
      checkpoint,
    },
    { requiredKeys: ['type', 'nation', 'from', 'items'] },
  ),
  fc.record(
    { type: lit('early'), record: bytes(64), box: bytes(64) },
    { requiredKeys: ['type', 'record'] },
  ),
  fc.record({ type: lit('label'), bytes: bytes(100) }),
) as unknown as fc.Arbitrary<StreamFrame>;

const messages = fc.oneof(
  fc.record({
    type: lit('hello'),
    chain: fc.array(hash, { minLength: 1, maxLength: LIMITS.chainDepthMax }),
    statusHeads: fc.array(fc.record({ nation, list: hex(8), seq: uint, event: hash })),
    timeMs: uint,
    profile: fc.constantFrom('lan', 'tactical'),
    capabilities: fc.array(fc.constantFrom('a', 'b')),
  }),
  fc.record({ type: lit('need'), digests: fc.array(hash, { maxLength: LIMITS.chainDepthMax }) }),
  fc.record({
    type: lit('creds'),
    credentials: fc.array(bytes(200), { maxLength: LIMITS.chainDepthMax }),
  }),
  fc.record({ type: lit('ok'), node: hash }),
) as unknown as fc.Arbitrary<HelloMessage & { type: HelloStep }>;

describe('link frames', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame });
      }),
    );
  });

  it('are refused, never thrown over, when a byte differs or is missing', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat({ max: 254 }), (frame, at, add) => {
        const good = encodeFrame(frame);
        const bad = Uint8Array.from(good);
        bad[at % bad.length] = (bad[at % bad.length]! + add + 1) & 0xff;
        const other = decodeFrame(bad);
        // One meaning has one form: what is accepted is exactly what its sender would have sent.
        if (other.ok) expect(toHex(encodeFrame(other.value))).toBe(toHex(bad));
        else expect(other.error.code).toBe('FRAME_FORM');
        expect(decodeFrame(good.subarray(0, good.length - 1)).ok).toBe(false);
      }),
    );
  });

  it.each([
    ['an unknown type', [99]],
    ['a missing element', [2, 'AUS']],
    ['an element too many', [2, 'AUS', 1, 2]],
    ['no nation', [2, 'aus', 1]],
    ['a negative size', [2, 'AUS', -1]],
    ['a short hash', [3, 0, new Uint8Array(31)]],
    ['an oversized label', [9, 0, new Uint8Array(32), new Uint8Array(LIMITS.labelBytesMax + 1)]],
    ['an oversized record', [8, new Uint8Array(LIMITS.eventBytesMax + 1), null]],
  ])('refuses %s', (_what, value) => {
    const decoded = decodeFrame(encodeCbor(value));
    expect(decoded.ok ? null : decoded.error.code).toBe('FRAME_FORM');
  });

  it('refuses more than the frame limit before it looks inside', () => {
    const decoded = decodeFrame(new Uint8Array(LIMITS.frameBytesMax + 1));
    expect(decoded.ok ? null : decoded.error.code).toBe('FRAME_TOO_LARGE');
  });
});

describe('hello messages', () => {
  it('come back as they were, at their step', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(decodeHello(message.type, encodeHello(message))).toEqual({
          ok: true,
          value: message,
        });
      }),
    );
  });

  it('let a refusal stand at every step', () => {
    const refusal = { type: 'refuse', code: 'CHAIN_INVALID' } as const;
    for (const step of ['hello', 'need', 'creds', 'ok'] as const) {
      expect(decodeHello(step, encodeHello(refusal))).toEqual({ ok: true, value: refusal });
    }
  });

  it.each([
    [
      'another version',
      new Map<number, unknown>([
        [0, 2],
        [1, []],
      ]),
    ],
    [
      'an unknown key',
      new Map<number, unknown>([
        [0, 1],
        [1, []],
        [2, 0],
      ]),
    ],
    [
      'a short digest',
      new Map<number, unknown>([
        [0, 1],
        [1, [new Uint8Array(31)]],
      ]),
    ],
    [
      'a long chain',
      new Map<number, unknown>([
        [0, 1],
        [1, Array(4).fill(new Uint8Array(32))],
      ]),
    ],
    [
      'a refusal that is no code',
      new Map<number, unknown>([
        [0, 1],
        [1, 'go away!'],
      ]),
    ],
  ])('refuses %s', (_what, map) => {
    const decoded = decodeHello('need', encodeCbor(map as never));
    expect(decoded.ok ? null : decoded.error.code).toBe('HELLO_FORM');
  });
});

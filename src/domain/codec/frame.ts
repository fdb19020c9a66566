import type { Result } from '../../base/result.js';
import { err, ok } from '../../base/result.js';
import { assert } from '../../base/assert.js';
import type { Checkpoint } from '../checkpoint.js';
import type { Digest, Kid, Nation, Op } from '../ids.js';
import { idBytes, idFromBytes, isNation } from '../ids.js';
import { LIMITS } from '../limits.js';
import type { Refusal } from '../refusal.js';
import type { DeltaItem, LinkFrame } from '../wire.js';
import type { Cbor } from './dcbor.js';
import { decodeCbor, encodeCbor } from './dcbor.js';
import { leafHeaderFrom, leafHeaderToCbor } from './leaf.js';
import { SchemaError, asArray, asBytes, asNamed, asText, asTuple, asUint } from './reader.js';

/**
 * Flow control of the link stream: how many bytes of frames the receiver takes in all, counted from
 * the start of the stream. Cumulative, so that a grant is also an acknowledgement.
 */
export interface CreditFrame {
  readonly type: 'credit';
  readonly total: number;
}

/** What a link stream carries: frames for the application, and the credit that bounds them. */
export type StreamFrame = LinkFrame | CreditFrame;

export type FrameRefusal = Refusal<'FRAME_FORM' | 'FRAME_TOO_LARGE'>;

/** Wire numbers: the first element of a frame's array. */
const TYPES = [
  'credit',
  'heads',
  'want',
  'bft',
  'core',
  'delta',
  'early',
  'label',
] as const satisfies readonly StreamFrame['type'][];

function checkpointArray(checkpoint: Checkpoint): Cbor {
  return [
    checkpoint.nation,
    checkpoint.logNumber,
    checkpoint.size,
    idBytes(checkpoint.root),
    idBytes(checkpoint.labelRoot),
    checkpoint.time,
    idBytes(checkpoint.kid),
    checkpoint.signature,
  ];
}

function itemArray(item: DeltaItem): Cbor {
  if (item.kind === 'withheld') return [1, idBytes(item.hash)];
  return [0, leafHeaderToCbor(item.header), item.record, item.box ?? null];
}

function bodyOf(frame: StreamFrame): readonly Cbor[] {
  switch (frame.type) {
    case 'credit':
      return [frame.total];
    case 'heads':
      return [frame.heads.map((h) => [h.nation, h.logNumber, h.size, idBytes(h.root)])];
    case 'want':
      return [frame.nation, frame.from];
    case 'bft':
    case 'core':
      return [idBytes(frame.op), frame.bytes];
    case 'delta': {
      const checkpoint = frame.checkpoint === undefined ? null : checkpointArray(frame.checkpoint);
      return [frame.nation, frame.from, frame.items.map(itemArray), checkpoint];
    }
    case 'early':
      return [frame.record, frame.box ?? null];
    case 'label':
      return [frame.bytes];
  }
}

/** Canonical bytes of one frame, without its length prefix. A frame over the limit is a bug. */
export function encodeFrame(frame: StreamFrame): Uint8Array {
  const bytes = encodeCbor([TYPES.indexOf(frame.type), ...bodyOf(frame)]);
  assert(bytes.length <= LIMITS.frameBytesMax, `a ${frame.type} frame is within its limit`);
  return bytes;
}

function nationOf(value: Cbor | undefined, field: string): Nation {
  const code = asText(value, field, 3);
  if (!isNation(code)) throw new SchemaError(field, 'is a nation code');
  return code;
}

function digestOf(value: Cbor | undefined, field: string): Digest {
  return idFromBytes<Digest>(asBytes(value, field, 32));
}

function bytesUpTo(value: Cbor | undefined, field: string, max: number): Uint8Array {
  const bytes = asBytes(value, field);
  if (bytes.length > max) throw new SchemaError(field, `is at most ${String(max)} bytes`);
  return bytes;
}

function boxOf(value: Cbor | undefined, field: string): { readonly box?: Uint8Array } {
  return value === null ? {} : { box: bytesUpTo(value, field, LIMITS.boxBytesMax) };
}

function itemOf(value: Cbor): DeltaItem {
  const [kind] = asArray(value, 'items', 4);
  if (kind === 1) {
    const [, hash] = asTuple(value, 'items', 2);
    return { kind: 'withheld', hash: digestOf(hash, 'items.hash') };
  }
  if (kind !== 0) throw new SchemaError('items.kind', 'is 0 or 1');
  const [, header, record, box] = asTuple(value, 'items', 4);
  return {
    kind: 'event',
    header: leafHeaderFrom(header, 'items.header'),
    record: bytesUpTo(record, 'items.record', LIMITS.eventBytesMax),
    ...boxOf(box, 'items.box'),
  };
}

function checkpointOf(value: Cbor | undefined): { readonly checkpoint?: Checkpoint } {
  if (value === null) return {};
  const [nation, logNumber, size, root, labelRoot, time, kid, signature] = asTuple(
    value,
    'checkpoint',
    8,
  );
  return {
    checkpoint: {
      nation: nationOf(nation, 'checkpoint.nation'),
      logNumber: asUint(logNumber, 'checkpoint.logNumber'),
      size: asUint(size, 'checkpoint.size'),
      root: digestOf(root, 'checkpoint.root'),
      labelRoot: digestOf(labelRoot, 'checkpoint.labelRoot'),
      time: asUint(time, 'checkpoint.time'),
      kid: idFromBytes<Kid>(asBytes(kid, 'checkpoint.kid', 32)),
      signature: asBytes(signature, 'checkpoint.signature', 64),
    },
  };
}

function headOf(value: Cbor): {
  readonly nation: Nation;
  readonly logNumber: number;
  readonly size: number;
  readonly root: Digest;
} {
  const [nation, logNumber, size, root] = asTuple(value, 'heads', 4);
  return {
    nation: nationOf(nation, 'heads.nation'),
    logNumber: asUint(logNumber, 'heads.logNumber'),
    size: asUint(size, 'heads.size'),
    root: digestOf(root, 'heads.root'),
  };
}

type Read = (body: readonly Cbor[]) => StreamFrame;

function opBytes(body: readonly Cbor[]): { readonly op: Op; readonly bytes: Uint8Array } {
  return { op: idFromBytes<Op>(asBytes(body[0], 'op', 16), 16), bytes: asBytes(body[1], 'bytes') };
}

function deltaOf([nation, from, items, checkpoint]: readonly Cbor[]): StreamFrame {
  return {
    type: 'delta',
    nation: nationOf(nation, 'nation'),
    from: asUint(from, 'from'),
    items: asArray(items, 'items').map(itemOf),
    ...checkpointOf(checkpoint),
  };
}

/** Number of body elements and reader of each type. */
const READERS: Readonly<Record<StreamFrame['type'], readonly [number, Read]>> = {
  credit: [1, ([total]) => ({ type: 'credit', total: asUint(total, 'total') })],
  heads: [
    1,
    ([heads]) => ({ type: 'heads', heads: asArray(heads, 'heads', LIMITS.headsMax).map(headOf) }),
  ],
  want: [
    2,
    ([nation, from]) => ({
      type: 'want',
      nation: nationOf(nation, 'nation'),
      from: asUint(from, 'from'),
    }),
  ],
  bft: [2, (body) => ({ type: 'bft', ...opBytes(body) })],
  core: [2, (body) => ({ type: 'core', ...opBytes(body) })],
  delta: [4, deltaOf],
  early: [
    2,
    ([record, box]) => ({
      type: 'early',
      record: bytesUpTo(record, 'record', LIMITS.eventBytesMax),
      ...boxOf(box, 'box'),
    }),
  ],
  label: [
    1,
    ([bytes]) => ({ type: 'label', bytes: bytesUpTo(bytes, 'bytes', LIMITS.labelBytesMax) }),
  ],
};

function frameOf(value: Cbor): StreamFrame {
  const [number, ...body] = asArray(value, 'frame', 6);
  const [length, read] = READERS[asNamed(number, 'type', TYPES)];
  if (body.length !== length) throw new SchemaError('frame', `has ${String(length + 1)} elements`);
  return read(body);
}

function refusal(code: FrameRefusal['code'], field: string, rule: string): FrameRefusal {
  return {
    code,
    field,
    rule,
    authority: 'protocol /entente/link/1',
    detail: `${field}: ${rule}`,
    remedy: 'speak version 1 of the link protocol',
  };
}

/** The refusal of a frame whose length prefix is over the limit; such a frame is never read. */
export function frameTooLarge(): FrameRefusal {
  return refusal('FRAME_TOO_LARGE', 'frame', `is at most ${String(LIMITS.frameBytesMax)} bytes`);
}

/** Strict decode of one frame: canonical bytes, known type, exact shape, every length in its limit. */
export function decodeFrame(bytes: Uint8Array): Result<StreamFrame, FrameRefusal> {
  if (bytes.length > LIMITS.frameBytesMax) return err(frameTooLarge());
  const decoded = decodeCbor(bytes);
  if (!decoded.ok) return err(refusal('FRAME_FORM', 'frame', 'is canonical CBOR'));
  try {
    return ok(frameOf(decoded.value));
  } catch (error) {
    if (error instanceof SchemaError) return err(refusal('FRAME_FORM', error.field, error.rule));
    throw error;
  }
}

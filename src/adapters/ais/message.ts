import { BitField, Message123, Message18, Message24, Message5 } from './decoder-library.js';
import type { AisReport, AisSkipReason } from './report.js';

/** What a message says, without where it stood. */
export type MessageContent = Omit<AisReport, 'line' | 'raw' | 'timeMs'>;

export type DecodeResult =
  | { readonly ok: true; readonly content: MessageContent }
  | { readonly ok: false; readonly reason: AisSkipReason };

const MMSI_MAX = 999_999_999;

/**
 * Bits a message must have, by type (ITU-R M.1371-5, annex 8). Type 5 has 424, of which many
 * transponders leave out the last spare bits.
 */
const BITS_MIN: Readonly<Record<number, number>> = {
  1: 168,
  2: 168,
  3: 168,
  5: 420,
  18: 168,
  19: 312,
  24: 160,
};

/** Part B of type 24 without its spare bits. */
const TYPE_24_B_BITS_MIN = 162;

/** Character that stands for message type 18 at a payload's start. */
const TYPE_18 = 'B';

/** Decodes one message's payload, of characters in the six-bit alphabet only. */
export function decodeMessage(payload: string, fillBits: number): DecodeResult {
  const bits = new BitField(payload);
  const type = bits.getInt(0, 6);
  const bitsMin = BITS_MIN[type];
  if (bitsMin === undefined) return refuse('UNSUPPORTED_TYPE');
  const length = payload.length * 6 - fillBits;
  if (length < bitsMin) return refuse('TRUNCATED');
  const mmsi = bits.getInt(8, 30);
  if (mmsi > MMSI_MAX) return refuse('BAD_PAYLOAD');
  const head = { mmsi, messageType: type };
  switch (type) {
    case 5:
      return accept({ ...head, ...names(new Message5(type, '', bits)) });
    case 18:
      return position(head, new Message18(type, '', bits));
    case 19: {
      // The library has no type 19; up to bit 139 it is laid out as type 18 (3.17 and 3.16).
      const asType18 = new BitField(TYPE_18 + payload.slice(1));
      const name = { name: bits.getString(143, 120) };
      return position({ ...head, ...names(name) }, new Message18(18, '', asType18));
    }
    case 24: {
      const part = bits.getInt(38, 2);
      if (part > 1) return refuse('BAD_PAYLOAD');
      if (part === 1 && length < TYPE_24_B_BITS_MIN) return refuse('TRUNCATED');
      return accept({ ...head, ...names(new Message24(type, '', bits)) });
    }
    default:
      return position(head, new Message123(type, '', bits));
  }
}

interface Movement {
  readonly lat: number | null;
  readonly lon: number | null;
  readonly speedOverGround: number | null;
  readonly courseOverGround: number | null;
}

function position(head: MessageContent, movement: Movement): DecodeResult {
  const { lat, lon, speedOverGround: speed, courseOverGround: course } = movement;
  const known = lat !== null && lon !== null;
  if (known && (Math.abs(lat) > 90 || Math.abs(lon) > 180)) return refuse('BAD_PAYLOAD');
  return accept({
    ...head,
    ...(known ? { latitude: lat, longitude: lon } : {}),
    ...(speed === null ? {} : { speedKnots: speed }),
    // 3600 means not available; the values above it mean nothing.
    ...(course === null || course > 360 ? {} : { courseDegrees: course }),
  });
}

function names(from: { name?: string; callsign?: string }): { name?: string; callSign?: string } {
  const name = from.name?.trim() ?? '';
  const callSign = from.callsign?.trim() ?? '';
  return { ...(name === '' ? {} : { name }), ...(callSign === '' ? {} : { callSign }) };
}

function accept(content: MessageContent): DecodeResult {
  return { ok: true, content };
}

function refuse(reason: AisSkipReason): DecodeResult {
  return { ok: false, reason };
}

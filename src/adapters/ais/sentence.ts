import { LINE_CHARS_MAX, skip, type SkippedLine } from './report.js';

/** One intact VDM or VDO sentence (IEC 61162-1), its fields checked, its payload not yet read. */
export interface Sentence {
  readonly line: number;
  readonly text: string;
  readonly formatter: string;
  readonly parts: number;
  /** Counted from 1. */
  readonly part: number;
  /** Joins the sentences of one message; empty on a message of one sentence. */
  readonly sequence: string;
  readonly channel: string;
  readonly payload: string;
  /** Bits at the payload's end that carry nothing, 0 to 5. */
  readonly fillBits: number;
  readonly timeMs?: number;
}

const aisStart = /^!(?:A[BDINRSTX]|BS|SA)VD[MO](?=,|$|\*)/;
const otherStart = /^![A-Z]{5},/;
const sixBit = /^[0-W`-w]+$/;

/** Reads one line up to its payload: TAG block, checksum and fields, in this order. */
export function parseSentence(line: number, text: string): Sentence | SkippedLine {
  if (text.length > LINE_CHARS_MAX) return skip(line, 'LINE_TOO_LONG', text);
  const tagEnd = text.startsWith('\\') ? text.indexOf('\\', 1) : -1;
  const body = text.slice(tagEnd + 1).trimEnd();
  if (body === '' || body.startsWith('#') || body.startsWith('$')) {
    return skip(line, 'NOT_AIS', text);
  }
  if (!aisStart.test(body)) {
    return skip(line, otherStart.test(body) ? 'NOT_AIS' : 'NOT_NMEA', text);
  }
  const star = body.lastIndexOf('*');
  if (star < 0 || body.length < star + 3) return skip(line, 'TRUNCATED', text);
  if (!checksumFits(body.slice(1, star), body.slice(star + 1))) {
    return skip(line, 'BAD_CHECKSUM', text);
  }
  const timeMs = tagEnd > 0 ? tagTimeMs(text.slice(1, tagEnd)) : undefined;
  return parseFields({ line, text }, body.slice(0, star), timeMs);
}

function parseFields(
  at: { line: number; text: string },
  body: string,
  timeMs: number | undefined,
): Sentence | SkippedLine {
  const [start = '', parts = '', part = '', sequence = '', channel = '', payload = '', fill = ''] =
    body.split(',', 7);
  const wellFormed =
    body.split(',').length === 7 &&
    /^[1-9]$/.test(parts) &&
    /^[1-9]$/.test(part) &&
    Number(part) <= Number(parts) &&
    /^[0-9]?$/.test(sequence) &&
    /^[A-D1-4]?$/.test(channel) &&
    /^[0-5]$/.test(fill);
  if (!wellFormed) return skip(at.line, 'BAD_FIELDS', at.text);
  if (payload === '') return skip(at.line, 'EMPTY_PAYLOAD', at.text);
  if (!sixBit.test(payload)) return skip(at.line, 'BAD_PAYLOAD', at.text);
  return {
    ...at,
    formatter: start.slice(1),
    parts: Number(parts),
    part: Number(part),
    sequence,
    channel,
    payload,
    fillBits: Number(fill),
    ...(timeMs === undefined ? {} : { timeMs }),
  };
}

/** The NMEA 0183 checksum: exclusive or of the characters between start and `*`, in hex. */
function checksumFits(body: string, checksum: string): boolean {
  if (!/^[0-9A-Fa-f]{2}$/.test(checksum)) return false;
  let sum = 0;
  for (let i = 0; i < body.length; i += 1) sum ^= body.charCodeAt(i);
  return sum === Number.parseInt(checksum, 16);
}

/** A damaged TAG block costs its time only: the sentence has a checksum of its own. */
function tagTimeMs(tag: string): number | undefined {
  const star = tag.lastIndexOf('*');
  if (star < 0 || !checksumFits(tag.slice(0, star), tag.slice(star + 1))) return undefined;
  const digits = /(?:^|,)c:(\d{1,13})(?:,|$)/.exec(tag.slice(0, star))?.[1];
  if (digits === undefined) return undefined;
  // NMEA 0183 4.10 gives seconds; receivers that give milliseconds write thirteen digits.
  return digits.length === 13 ? Number(digits) : Number(digits) * 1_000;
}

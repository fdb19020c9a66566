/** One position or static-data report, as decoded from one message of one or more sentences. */
export interface AisReport {
  /** Line of the first sentence, counted from 1. */
  readonly line: number;
  /** Maritime mobile service identity, nine digits at most (ITU-R M.585). */
  readonly mmsi: number;
  /** Message type of ITU-R M.1371: 1, 2, 3, 5, 18, 19 or 24. */
  readonly messageType: number;
  /** Receive time from the line's TAG block (`c:`), Unix milliseconds. AIS itself carries none. */
  readonly timeMs?: number;
  /** Degrees north, WGS 84. Present together with `longitude`, or both are absent. */
  readonly latitude?: number;
  /** Degrees east, WGS 84. */
  readonly longitude?: number;
  /** Speed over ground, knots; 102.2 stands for that or more. */
  readonly speedKnots?: number;
  /** Course over ground, degrees true, 0 to 359.9. */
  readonly courseDegrees?: number;
  readonly name?: string;
  readonly callSign?: string;
  /** The lines as they stood in the file, TAG block included, line ends excluded. */
  readonly raw: readonly string[];
}

/**
 * Why a line gave no report.
 *
 * - `NOT_AIS`: blank, a comment, or a sentence of another formatter.
 * - `NOT_NMEA`: not a sentence at all.
 * - `LINE_TOO_LONG`: longer than {@link LINE_CHARS_MAX}.
 * - `TRUNCATED`: the checksum, or bits its message type needs, are missing.
 * - `BAD_CHECKSUM`: the checksum does not fit the sentence.
 * - `BAD_FIELDS`: the sentence is intact, its fields are not those of IEC 61162-1 VDM.
 * - `EMPTY_PAYLOAD`: a receiver reports a slot it could not decode.
 * - `BAD_PAYLOAD`: characters outside the six-bit alphabet, or values no transponder may send.
 * - `UNSUPPORTED_TYPE`: an intact message of a type that is not read.
 * - `INCOMPLETE_MULTIPART`: the other sentences of the message never came.
 */
export type AisSkipReason =
  | 'NOT_AIS'
  | 'NOT_NMEA'
  | 'LINE_TOO_LONG'
  | 'TRUNCATED'
  | 'BAD_CHECKSUM'
  | 'BAD_FIELDS'
  | 'EMPTY_PAYLOAD'
  | 'BAD_PAYLOAD'
  | 'UNSUPPORTED_TYPE'
  | 'INCOMPLETE_MULTIPART';

/** A line that is in no report. */
export interface SkippedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: AisSkipReason;
  /** The line's first {@link EXCERPT_CHARS} characters. */
  readonly text: string;
}

/** Every line of the text is in exactly one report's `raw` or is one entry of `skipped`. */
export interface AisFile {
  readonly reports: readonly AisReport[];
  readonly skipped: readonly SkippedLine[];
  /** How many lines were VDM or VDO sentences, intact or not. */
  readonly sentences: number;
}

/**
 * The longest line that is looked at, in characters. A sentence has at most 82 (IEC 61162-1), a
 * TAG block at most 80 (NMEA 0183 4.10); the rest is room for receivers that exceed both.
 */
export const LINE_CHARS_MAX = 1_024;

/** How much of a skipped line is kept, in characters. */
const EXCERPT_CHARS = 120;

export function skip(line: number, reason: AisSkipReason, text: string): SkippedLine {
  return { line, reason, text: text.slice(0, EXCERPT_CHARS) };
}

export function isSkipped<T extends object>(value: T | SkippedLine): value is SkippedLine {
  return 'reason' in value;
}

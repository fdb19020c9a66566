/** One Cursor-on-Target event (MITRE CoT base schema 2.0). */
export interface CotReport {
  /** Place among the file's events, skipped ones included, counted from 0. */
  readonly index: number;
  /** Line of the event's start tag, counted from 1. */
  readonly line: number;
  readonly uid: string;
  /** The event's `type`, such as `a-f-S`: atom, friendly, sea surface. */
  readonly cotType: string;
  /** How the coordinates came about, such as `m-g`; empty when the event does not say. */
  readonly how: string;
  /** When the event was generated, Unix milliseconds. */
  readonly timeMs: number;
  /** From when it is valid, Unix milliseconds. */
  readonly startMs: number;
  /** Until when it is valid, Unix milliseconds. */
  readonly staleMs: number;
  /** Degrees north, WGS 84. */
  readonly latitude: number;
  /** Degrees east, WGS 84. */
  readonly longitude: number;
  /** Height above the ellipsoid, metres. Absent when the event gives the "unknown" value. */
  readonly hae?: number;
  /** Circular error, metres, one sigma. Absent when unknown. */
  readonly ce?: number;
  /** Linear (height) error, metres, one sigma. Absent when unknown. */
  readonly le?: number;
  readonly callsign?: string;
  readonly remarks?: string;
  /** The event's XML, from its start tag to its end tag, as it stood in the file. */
  readonly raw: string;
}

/**
 * Why a stretch of the file gave no event.
 *
 * - `DOCTYPE`: a document type declaration. It could give any text of the file another meaning, so
 *   nothing of the file is read.
 * - `NOT_COT`: text between the events that is no XML declaration, comment or wrapper.
 * - `UNCLOSED`: the event has no end before the next one or the file's end.
 * - `EVENT_TOO_LONG`: more than {@link EVENT_BYTES_MAX}.
 * - `BAD_XML`: not well-formed.
 * - `BAD_SCHEMA`: well-formed, but an attribute or element is missing or not what CoT says.
 * - `BAD_TYPE`, `BAD_TIME`, `BAD_POINT`: that value means nothing.
 */
export type CotSkipReason =
  | 'DOCTYPE'
  | 'NOT_COT'
  | 'UNCLOSED'
  | 'EVENT_TOO_LONG'
  | 'BAD_XML'
  | 'BAD_SCHEMA'
  | 'BAD_TYPE'
  | 'BAD_TIME'
  | 'BAD_POINT';

export interface SkippedEvent {
  readonly index: number;
  readonly line: number;
  readonly reason: CotSkipReason;
  /** The first {@link EXCERPT_CHARS} characters. */
  readonly text: string;
}

export interface CotFile {
  readonly events: readonly CotReport[];
  readonly skipped: readonly SkippedEvent[];
}

/** The largest event that is read, in bytes of UTF-8: what fits into one UDP datagram. */
export const EVENT_BYTES_MAX = 65_536;

/** How much of a skipped stretch is kept, in characters. */
export const EXCERPT_CHARS = 120;

import { Buffer } from 'node:buffer';
import { parseEvent } from './event.js';
import { splitEvents } from './event-splitter.js';
import { markupOf } from './markup.js';
import {
  EVENT_BYTES_MAX,
  EXCERPT_CHARS,
  type CotFile,
  type CotReport,
  type CotSkipReason,
  type SkippedEvent,
} from './report.js';

/**
 * Reads all events of a text. Never throws, whatever the text; entities other than XML's own five
 * are not resolved, and nothing outside the text is read.
 */
export function readCot(text: string): CotFile {
  const lineAt = lineCounter(text);
  const events: CotReport[] = [];
  const skipped: SkippedEvent[] = [];
  const skip = (reason: CotSkipReason, start: number, end: number): void => {
    const index = events.length + skipped.length;
    const excerpt = text.slice(start, Math.min(end, start + EXCERPT_CHARS));
    skipped.push({ index, line: lineAt(start), reason, text: excerpt });
  };
  for (const { kind, start, end } of markupOf(text)) {
    if (kind !== 'doctype') continue;
    skip('DOCTYPE', start, end + EXCERPT_CHARS);
    return { events, skipped };
  }
  for (const { kind, start, end } of splitEvents(text)) {
    if (kind !== 'event') {
      // Junk begins after the markup before it: at its first character that shows.
      const blank = text.slice(start, end).search(/\S/);
      skip(kind === 'junk' ? 'NOT_COT' : 'UNCLOSED', start + Math.max(blank, 0), end);
      continue;
    }
    const raw = text.slice(start, end);
    const result = isTooLong(raw)
      ? { ok: false as const, reason: 'EVENT_TOO_LONG' as const }
      : parseEvent(raw);
    if (result.ok) {
      const index = events.length + skipped.length;
      events.push({ index, line: lineAt(start), ...result.content, raw });
    } else {
      skip(result.reason, start, end);
    }
  }
  return { events, skipped };
}

function isTooLong(xml: string): boolean {
  return xml.length > EVENT_BYTES_MAX || Buffer.byteLength(xml) > EVENT_BYTES_MAX;
}

/** Line numbers for offsets that only grow. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (offset) => {
    while (next >= 0 && next < offset) {
      line += 1;
      next = text.indexOf('\n', next + 1);
    }
    return line;
  };
}

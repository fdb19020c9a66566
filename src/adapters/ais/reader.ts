import { Assembly } from './assembly.js';
import { decodeMessage } from './message.js';
import {
  isSkipped,
  skip,
  type AisFile,
  type AisReport,
  type AisSkipReason,
  type SkippedLine,
} from './report.js';
import { parseSentence, type Sentence } from './sentence.js';

/** The reader itself: lines in, reports and skipped lines out, in the order they become known. */
class LineReader {
  readonly #assembly = new Assembly();
  #line = 0;

  next(text: string): (AisReport | SkippedLine)[] {
    this.#line += 1;
    const sentence = parseSentence(this.#line, text);
    if (isSkipped(sentence)) return [sentence];
    const { message, abandoned } = this.#assembly.add(sentence);
    const given = skipAll(abandoned, 'INCOMPLETE_MULTIPART');
    return message === undefined ? given : [...given, ...read(message)];
  }

  end(): SkippedLine[] {
    return skipAll(this.#assembly.flush(), 'INCOMPLETE_MULTIPART');
  }
}

function read(sentences: readonly Sentence[]): (AisReport | SkippedLine)[] {
  const [first] = sentences;
  const last = sentences.at(-1);
  if (first === undefined || last === undefined) return [];
  // Fill bits before the end would shift all that follows.
  if (sentences.slice(0, -1).some(({ fillBits }) => fillBits !== 0)) {
    return skipAll(sentences, 'BAD_PAYLOAD');
  }
  const payload = sentences.map((sentence) => sentence.payload).join('');
  const decoded = decodeMessage(payload, last.fillBits);
  if (!decoded.ok) return skipAll(sentences, decoded.reason);
  const timeMs = sentences.find((sentence) => sentence.timeMs !== undefined)?.timeMs;
  return [
    {
      line: Math.min(...sentences.map(({ line }) => line)),
      ...decoded.content,
      ...(timeMs === undefined ? {} : { timeMs }),
      raw: sentences.map(({ text }) => text),
    },
  ];
}

function skipAll(sentences: readonly Sentence[], reason: AisSkipReason): SkippedLine[] {
  return sentences.map(({ line, text }) => skip(line, reason, text));
}

/**
 * Reads lines as they come, holding no more than the messages that wait for their other sentences.
 * A message is given when its last sentence has come, so lines of different messages may swap.
 */
export async function* readAisLines(
  lines: AsyncIterable<string>,
): AsyncIterable<AisReport | SkippedLine> {
  const reader = new LineReader();
  for await (const line of lines) yield* reader.next(line);
  yield* reader.end();
}

/** Reads a whole text; lines end with LF or CRLF. Never throws, whatever the text. */
export function readAis(text: string): AisFile {
  const reader = new LineReader();
  const reports: AisReport[] = [];
  const skipped: SkippedLine[] = [];
  const take = (found: readonly (AisReport | SkippedLine)[]): void => {
    for (const item of found) {
      if (isSkipped(item)) skipped.push(item);
      else reports.push(item);
    }
  };
  for (const line of linesOfText(text)) take(reader.next(line));
  take(reader.end());
  skipped.sort((a, b) => a.line - b.line);
  return { reports, skipped, sentences: countSentences(reports, skipped) };
}

function* linesOfText(text: string): Iterable<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end);
    start = end + 1;
  }
}

const noSentence: readonly AisSkipReason[] = ['NOT_AIS', 'NOT_NMEA', 'LINE_TOO_LONG'];

function countSentences(reports: readonly AisReport[], skipped: readonly SkippedLine[]): number {
  const bad = skipped.filter(({ reason }) => !noSentence.includes(reason)).length;
  return reports.reduce((sum, { raw }) => sum + raw.length, bad);
}

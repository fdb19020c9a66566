import { LINE_CHARS_MAX } from './report.js';

/**
 * Cuts a file's chunks into lines (LF or CRLF) for `readAisLines`, in bounded memory: of a line
 * longer than the reader takes, one character more than that is given and the rest is dropped, so
 * the reader still counts it and says why it was skipped.
 *
 * @example
 * for await (const item of readAisLines(linesOf(createReadStream(path, 'latin1')))) { … }
 */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let open = '';
  for await (const chunk of chunks) {
    const pieces = chunk.split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield ended(open + piece);
      open = '';
    }
    open = (open + last).slice(0, LINE_CHARS_MAX + 2);
  }
  if (open !== '') yield ended(open);
}

function ended(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.slice(0, LINE_CHARS_MAX + 1);
}

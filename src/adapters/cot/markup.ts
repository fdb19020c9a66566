/** Markup that matters for telling events apart. Spans are offsets into the text. */
export interface Markup {
  readonly kind: 'passive' | 'cdata' | 'doctype' | 'open' | 'empty' | 'close' | 'wrapper';
  readonly start: number;
  readonly end: number;
}

const starts =
  /<!--|<!\[CDATA\[|<\?|<!doctype|<event(?=[\s/>])|<\/event(?=[\s>])|<\/?events(?=[\s/>])/gi;

const kinds: Readonly<Record<string, Markup['kind']>> = {
  '<!--': 'passive',
  '<?': 'passive',
  '<![CDATA[': 'cdata',
  '</event': 'close',
  '<events': 'wrapper',
  '</events': 'wrapper',
};

const terminators: Readonly<Record<string, string>> = {
  '<!--': '-->',
  '<![CDATA[': ']]>',
  '<?': '?>',
};

/**
 * The text's markup in order, in linear time whatever the text. What stands inside comments,
 * instructions and character data is not markup; one of these without an end is none either.
 */
export function* markupOf(text: string): Iterable<Markup> {
  const exhausted = new Set<string>();
  const pattern = new RegExp(starts);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [token] = match;
    const start = match.index;
    const terminator = terminators[token];
    if (terminator !== undefined) {
      const at = exhausted.has(token) ? -1 : text.indexOf(terminator, pattern.lastIndex);
      if (at < 0) {
        exhausted.add(token);
        continue;
      }
      pattern.lastIndex = at + terminator.length;
    } else {
      pattern.lastIndex = tagEnd(text, pattern.lastIndex);
    }
    const end = pattern.lastIndex;
    const kind = token === '<event' ? eventKind(text, end) : (kinds[token] ?? otherKind(token));
    if (kind !== undefined) yield { kind, start, end };
  }
}

function eventKind(text: string, end: number): Markup['kind'] {
  return text.startsWith('/>', end - 2) ? 'empty' : 'open';
}

/** A document type is refused in any case; other names count as XML reads them. */
function otherKind(token: string): Markup['kind'] | undefined {
  return token.toLowerCase() === '<!doctype' ? 'doctype' : undefined;
}

/**
 * Where the tag ends that `from` is in. A `>` may stand in a quoted value, a `<` may not, so a tag
 * without an end is left at `from`.
 */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '<') return from;
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return i + 1;
  }
  return from;
}

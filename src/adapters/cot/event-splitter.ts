import { markupOf, type Markup } from './markup.js';

/** A stretch of the text: an event, one that does not end, or text that belongs to none. */
export interface Stretch {
  readonly kind: 'event' | 'unclosed' | 'junk';
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the events of a text without judging their XML, so that a broken one costs only itself.
 * CoT files come with an `<events>` wrapper, as documents one after another, or as one event; a
 * parser of whole documents takes at most some of these.
 */
export function splitEvents(text: string): readonly Stretch[] {
  const splitter = new Splitter(text);
  for (const markup of markupOf(text)) splitter.take(markup);
  return splitter.end();
}

class Splitter {
  readonly #text: string;
  readonly #found: Stretch[] = [];
  /** Up to where the text is accounted for. */
  #done = 0;
  /** Start of the event that has not ended. */
  #open: number | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  take({ kind, start, end }: Markup): void {
    switch (kind) {
      case 'open':
      case 'empty':
        this.#leave(start);
        if (kind === 'empty') this.#add('event', start, end);
        else this.#open = start;
        break;
      case 'close':
        if (this.#open !== undefined) this.#add('event', this.#open, end);
        break;
      case 'wrapper':
        this.#leave(start);
        this.#done = end;
        break;
      case 'passive':
        if (this.#open === undefined) {
          this.#leave(start);
          this.#done = end;
        }
        break;
      case 'cdata':
      case 'doctype':
        break;
    }
  }

  end(): readonly Stretch[] {
    this.#leave(this.#text.length);
    return this.#found;
  }

  /** Whatever was there before `at` ends there, complete or not. */
  #leave(at: number): void {
    if (this.#open !== undefined) this.#add('unclosed', this.#open, at);
    else if (this.#text.slice(this.#done, at).trim() !== '') this.#add('junk', this.#done, at);
  }

  #add(kind: Stretch['kind'], start: number, end: number): void {
    this.#found.push({ kind, start, end });
    this.#done = end;
    this.#open = undefined;
  }
}

import type { Sentence } from './sentence.js';

/** Groups that wait for their other sentences at one time; the oldest gives way. */
const GROUPS_MAX = 64;

/**
 * How many lines a group may wait for its next sentence. A message's sentences leave one receiver
 * back to back; a merged feed puts those of other receivers between them. The sequence id has ten
 * values and soon comes again, so a longer wait would join sentences of different messages.
 */
const WAIT_LINES_MAX = 100;

interface Group {
  readonly sentences: Sentence[];
  lastLine: number;
}

/** What a sentence led to: perhaps a whole message, perhaps sentences given up. */
export interface Assembled {
  /** The message's sentences in part order. */
  readonly message?: readonly Sentence[];
  readonly abandoned: readonly Sentence[];
}

/** Joins multi-sentence messages (IEC 61162-1), however channels and sequence ids interleave. */
export class Assembly {
  readonly #groups = new Map<string, Group>();

  add(sentence: Sentence): Assembled {
    const abandoned = this.#expire(sentence.line);
    const { parts, sequence, channel, formatter } = sentence;
    if (parts === 1) return { message: [sentence], abandoned };
    const key = [formatter, parts, sequence, channel].join();
    const known = this.#groups.get(key);
    if (known?.sentences.some(({ part }) => part === sentence.part)) {
      // The sequence id is used again: the earlier message stays incomplete.
      abandoned.push(...this.#remove(key));
    }
    const group = this.#groups.get(key) ?? { sentences: [], lastLine: 0 };
    group.sentences.push(sentence);
    group.lastLine = sentence.line;
    // Set anew, so that the map's order is that of the last lines.
    this.#groups.delete(key);
    this.#groups.set(key, group);
    if (group.sentences.length === parts) {
      this.#groups.delete(key);
      return { message: group.sentences.sort((a, b) => a.part - b.part), abandoned };
    }
    return { abandoned };
  }

  /** Gives up everything that still waits. */
  flush(): readonly Sentence[] {
    return [...this.#groups.keys()].flatMap((key) => this.#remove(key));
  }

  #expire(line: number): Sentence[] {
    const abandoned: Sentence[] = [];
    for (const [key, group] of this.#groups) {
      if (this.#groups.size < GROUPS_MAX && line - group.lastLine <= WAIT_LINES_MAX) break;
      abandoned.push(...this.#remove(key));
    }
    return abandoned;
  }

  #remove(key: string): Sentence[] {
    const sentences = this.#groups.get(key)?.sentences ?? [];
    this.#groups.delete(key);
    return sentences;
  }
}

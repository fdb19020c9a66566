/** Tells what happens and why it matters, one line a step, with the time since the start. */
export class Narrator {
  readonly #write: (text: string) => void;
  readonly #startedMs = performance.now();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** A step that was taken, and why it matters. */
  step(what: string, why?: string): void {
    this.#write(`[${this.#elapsed()}] ${what}\n`);
    if (why !== undefined) this.#write(`         ${why}\n`);
  }

  /** Text as it is: tables, addresses. */
  text(text: string): void {
    this.#write(text.endsWith('\n') ? text : `${text}\n`);
  }

  #elapsed(): string {
    return `${((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(5)}s`;
  }
}

/** Columns as wide as their widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** One assertion about the outcome, as the result tells it. */
export interface Assertion {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What was asserted, in order. A false assertion does not end the run: all of them are told. */
export class Checks {
  readonly #assertions: Assertion[] = [];
  readonly #onFalse: (assertion: Assertion) => void;

  constructor(onFalse: (assertion: Assertion) => void = () => undefined) {
    this.#onFalse = onFalse;
  }

  check(name: string, ok: boolean, detail: string): void {
    const assertion = { name, ok, detail };
    this.#assertions.push(assertion);
    if (!ok) this.#onFalse(assertion);
  }

  get all(): readonly Assertion[] {
    return this.#assertions;
  }

  get ok(): boolean {
    return this.#assertions.length > 0 && this.#assertions.every(({ ok }) => ok);
  }
}

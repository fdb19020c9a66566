/** The sender's side of a window: what it may have under way. Totals count from the stream's start. */
export class SendCredit {
  readonly #window: number;
  readonly #inFlightMax: number;
  #granted: number;
  #sent = 0;

  constructor(window: number, inFlightMax: number) {
    this.#window = window;
    this.#inFlightMax = inFlightMax;
    this.#granted = window;
  }

  /** Bytes sent that the receiver has not yet handled. */
  get inFlight(): number {
    return this.#sent - (this.#granted - this.#window);
  }

  /** Never beyond the granted total; beyond the own in-flight bound only when nothing is under way. */
  allows(size: number): boolean {
    if (this.#sent + size > this.#granted) return false;
    return this.inFlight === 0 || this.inFlight + size <= this.#inFlightMax;
  }

  sent(size: number): void {
    this.#sent += size;
  }

  /** Takes a grant; false when it shrinks the total or acknowledges what was never sent. */
  granted(total: number): boolean {
    if (total < this.#granted || total > this.#sent + this.#window) return false;
    this.#granted = total;
    return true;
  }
}

/** The receiver's side: what it has granted, received and handled. */
export class ReceiveCredit {
  readonly #window: number;
  #granted: number;
  #received = 0;
  #handled = 0;

  constructor(window: number) {
    this.#window = window;
    this.#granted = window;
  }

  /** Counts arrived bytes; false when the sender went beyond its credit. */
  received(size: number): boolean {
    this.#received += size;
    return this.#received <= this.#granted;
  }

  handled(size: number): void {
    this.#handled += size;
  }

  /** Handled bytes that no grant covers yet. */
  get owed(): number {
    return this.#handled + this.#window - this.#granted;
  }

  /** The new total to grant. */
  grant(): number {
    this.#granted = this.#handled + this.#window;
    return this.#granted;
  }
}

/** One segment as IPv6 carries it over any link; a slower link still sends that much at once. */
const SEGMENT_BYTES = 1_400;

/** How long a link may make up for, milliseconds: timers come that late on a busy machine. */
const BURST_MS = 50;

/** A rate shared by whoever takes from it; at most {@link burstBytes} at once. */
export class TokenBucket {
  #bytesPerSecond = 0;
  #tokens = 0;
  #at = 0;

  /** Starts full. A rate of 0 means no limit. */
  setRate(bytesPerSecond: number, now: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#tokens = burstBytes(bytesPerSecond);
    this.#at = now;
  }

  /** Takes up to `wanted` bytes and says how many: at least a segment, all that is left, or 0. */
  take(wanted: number, now: number): number {
    if (this.#bytesPerSecond === 0) return wanted;
    this.#fill(now);
    if (this.#tokens < Math.min(wanted, SEGMENT_BYTES)) return 0;
    const taken = Math.min(wanted, Math.floor(this.#tokens));
    this.#tokens -= taken;
    return taken;
  }

  /** Milliseconds until {@link take} gives something. */
  waitMs(wanted: number, now: number): number {
    if (this.#bytesPerSecond === 0) return 0;
    this.#fill(now);
    const missing = Math.min(wanted, SEGMENT_BYTES) - this.#tokens;
    return Math.max(0, Math.ceil((missing * 1_000) / this.#bytesPerSecond));
  }

  #fill(now: number): void {
    const gained = ((now - this.#at) * this.#bytesPerSecond) / 1_000;
    this.#tokens = Math.min(burstBytes(this.#bytesPerSecond), this.#tokens + gained);
    this.#at = now;
  }
}

/** What a link of this rate lets through at once. */
export function burstBytes(bytesPerSecond: number): number {
  return Math.max(SEGMENT_BYTES, Math.floor((bytesPerSecond * BURST_MS) / 1_000));
}

/** Wall and monotonic time in milliseconds. Only the shell reads clocks; cores get times as inputs. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
}

/** One-shot timers. The returned function cancels. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
}

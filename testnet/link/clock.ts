/** Time as a link sees it, so that tests can turn it by hand. */
export interface LinkClock {
  /** Milliseconds from any origin; never goes back. */
  now(): number;
  /** Calls `fire` once after `delayMs`, unless the returned function is called first. */
  setTimer(fire: () => void, delayMs: number): () => void;
}

/** The machine's own monotonic clock. */
export const systemClock: LinkClock = {
  now: () => performance.now(),
  setTimer: (fire, delayMs) => {
    const timer = setTimeout(fire, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

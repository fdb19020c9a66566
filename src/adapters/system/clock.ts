import { performance } from 'node:perf_hooks';
import type { Clock, Timers } from '../../ports/clock.js';

/** The machine's clocks. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Node's timers hold a 32-bit delay; a longer one would fire at once. */
const DELAY_MS_MAX = 2 ** 31 - 1;

function after(ms: number, run: () => void): () => void {
  let handle: NodeJS.Timeout;
  const arm = (left: number): void => {
    const step = Math.min(Math.max(left, 0), DELAY_MS_MAX);
    handle = setTimeout(() => {
      if (left > step) arm(left - step);
      else run();
    }, step);
  };
  arm(ms);
  return () => {
    clearTimeout(handle);
  };
}

/** One-shot timers of the event loop; delays above 24.8 days are served in steps. */
export const systemTimers: Timers = { after };

/** Clock, timers and randomness of the machine: the shell's own, never a core's. */
export { systemClock, systemTimers } from './clock.js';
export { systemEntropy } from './entropy.js';

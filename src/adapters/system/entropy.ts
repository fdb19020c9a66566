import { randomBytes } from 'node:crypto';
import type { Entropy } from '../../ports/entropy.js';

/** Random bytes of the operating system. */
export const systemEntropy: Entropy = {
  bytes: (length) => Uint8Array.from(randomBytes(length)),
};

import type { Mutant } from './mutant.js';
export const REPLICA: readonly Mutant[] = [];

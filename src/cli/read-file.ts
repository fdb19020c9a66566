import { readFileSync, statSync } from 'node:fs';
import { codeOf } from '../node/private-file.js';
import { refuse } from '../node/refusal-error.js';

/** Bytes of an input file of at most `max` bytes, or a named refusal. */
export function readInput(path: string, max: number): Buffer {
  try {
    const { size } = statSync(path);
    if (size <= max) return readFileSync(path);
    throw refuse('TOO_LARGE', 'FILE', {
      rule: `an input file has at most ${String(max)} bytes`,
      detail: `${path} has ${String(size)} bytes`,
      remedy: 'split the file',
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || code === 'undefined') throw error;
    throw refuse('USAGE', 'FILE', {
      rule: 'an input file can be read',
      detail: `cannot read ${path}: ${code}`,
      remedy: 'check the path and its permissions',
    });
  }
}

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createVerifier } from '../../src/adapters/keys/index.js';
import { keyOf } from './nations.js';

/** What the machine itself needs for the parts of a settlement. Microseconds. */
export interface Primitives {
  /** Append of 256 bytes and fdatasync. */
  syncUs(): number;
  signUs(): number;
  verifyUs(): number;
  close(): void;
}

const MESSAGE = new Uint8Array(150).fill(7);

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1000;
}

export function primitivesIn(dir: string): Primitives {
  const file = openSync(join(dir, 'synced.bin'), 'a');
  const block = new Uint8Array(256);
  const key = keyOf('primitives');
  const verifier = createVerifier();
  let signature = key.sign(MESSAGE);
  return {
    syncUs: () =>
      timed(() => {
        writeSync(file, block);
        fdatasyncSync(file);
      }),
    signUs: () =>
      timed(() => {
        signature = key.sign(MESSAGE);
      }),
    verifyUs: () =>
      timed(() => {
        if (!verifier.verify(key.publicKey, MESSAGE, signature)) throw new Error('verify');
      }),
    close: () => {
      closeSync(file);
    },
  };
}

import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from './io.js';

/** Swallows the echo of what is typed. */
const silence = new Writable({ write: (_chunk, _encoding, done) => done() });

async function ask(prompt: string, hidden: boolean): Promise<string> {
  process.stderr.write(prompt);
  const output = hidden ? silence : process.stderr;
  const reader = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    if (hidden) process.stderr.write('\n');
  }
}

function onStop(stop: () => void, force: () => void): () => void {
  let asked = false;
  const handle = (): void => {
    if (asked) force();
    else {
      asked = true;
      stop();
    }
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}

/** The terminal of this process. Questions go to stderr, so that stdout stays the answer. */
export function processIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    askHidden: (prompt) => ask(prompt, true),
    confirm: async (prompt) => /^y(es)?$/i.test((await ask(`${prompt} [y/N] `, false)).trim()),
    onStop,
    exit: (code) => process.exit(code),
    nowMs: () => Date.now(),
  };
}

import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuse } from './refusal-error.js';

/** Owner only: keys, tokens and credentials are nobody else's business on a shared machine. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes a folder that only its owner enters; an existing one is closed to others. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  chmodSync(path, FOLDER_MODE);
}

/** Writes a file whole or not at all (temporary file, sync, rename), readable by its owner only. */
export function writePrivateFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx', FILE_MODE);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Creates a file that must not exist yet; false when it does. */
export function createPrivateFile(path: string, content: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', FILE_MODE);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
  return true;
}

/** The code of a file system error, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** Bytes of a file, or undefined when there is none. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Refuses a secret that others on this machine may read. */
export function assertPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  throw refuse('CONFIG', path, {
    rule: 'secrets are readable by their owner only (mode 0600)',
    detail: `${path} is open to other users of this machine`,
    remedy: `chmod 600 ${path}`,
  });
}

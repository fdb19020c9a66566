import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';

/** Absolute path of the repository. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Set-up talks on stderr only, so that stdout belongs to the command that follows it.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * @param {string} file
 * @returns {string | undefined} the file's text, or undefined when it does not exist
 */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * @param {string} file
 * @param {string} value
 */
export function writeStamp(file, value) {
  writeFileSync(file, `${value}\n`);
}

/**
 * @param {readonly (string | Uint8Array)[]} parts
 * @returns {string} SHA-256 in hex; a part's length is hashed before it, so parts cannot run together
 */
export function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${String(part.length)}:`).update(part);
  return hash.digest('hex');
}

/**
 * @param {string} folder absolute
 * @param {(name: string) => boolean} [enter] whether to descend into a folder of this name
 * @returns {string[]} absolute paths of every file below, sorted; none when the folder is missing
 */
export function filesBelow(folder, enter = () => true) {
  /** @type {string[]} */
  const found = [];
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return found;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) found.push(path);
    else if (entry.isDirectory() && enter(entry.name)) found.push(...filesBelow(path, enter));
  }
  return found.sort();
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {'inherit' | 'stderr'} [output] where its stdout goes
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function run(command, args, output = 'inherit') {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectRoot,
      stdio: ['inherit', output === 'stderr' ? 2 : 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
}

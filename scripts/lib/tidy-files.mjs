import { readFileSync, statSync } from 'node:fs';
import { extname, relative, sep } from 'node:path';
import { filesBelow } from './project.mjs';

/**
 * @typedef {{ path: string, bytes: number, text: string | undefined }} TidyFile
 *   `path` is relative to the root, with forward slashes; `text` is undefined for binary files.
 * @typedef {{ rule: string, path: string, line?: number, message: string }} Finding
 */

const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.testnet']);
const codeExtensions = new Set(['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs']);

/**
 * @param {string} root absolute
 * @returns {TidyFile[]} every file of the tree but what is installed, built or run
 */
export function readTree(root) {
  return filesBelow(root, (name) => !skipped.has(name)).map((file) => {
    const content = readFileSync(file);
    return {
      path: relative(root, file).split(sep).join('/'),
      bytes: statSync(file).size,
      text: content.subarray(0, 8192).includes(0) ? undefined : content.toString('utf8'),
    };
  });
}

/** @param {TidyFile} file */
export const isCode = (file) => codeExtensions.has(extname(file.path));

/**
 * @param {TidyFile} file
 * @param {readonly string[]} folders top-level folder names
 */
export const isIn = (file, folders) => folders.some((folder) => file.path.startsWith(`${folder}/`));

/**
 * @param {TidyFile} file
 * @param {(line: string) => boolean} matches
 * @returns {number[]} numbers of the lines that match, from 1
 */
export function linesWhere(file, matches) {
  return (file.text ?? '').split('\n').flatMap((line, index) => (matches(line) ? [index + 1] : []));
}

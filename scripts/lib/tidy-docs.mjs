// House rules about documents: what they name must be there, and what is there must be named.
import { dirname, posix } from 'node:path';
import { linesWhere } from './tidy-files.mjs';

/**
 * @typedef {import('./tidy-files.mjs').TidyFile} TidyFile
 * @typedef {import('./tidy-files.mjs').Finding} Finding
 */

const mapPath = 'src/README.md';
const claimsPath = 'docs/CLAIMS.md';
const indexPath = 'docs/adr/README.md';

/**
 * @param {readonly TidyFile[]} files
 * @param {string} path
 */
const textOf = (files, path) => files.find((file) => file.path === path)?.text ?? '';

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function sourceMap(files) {
  const folders = new Set(
    files
      .filter((file) => file.path.startsWith('src/') && file.path !== mapPath)
      .map((file) => dirname(file.path).slice('src/'.length))
      .filter((folder) => folder !== '' && !folder.split('/').includes('data')),
  );
  const map = textOf(files, mapPath);
  return [...folders]
    .filter((folder) => !map.includes(`\`${folder}/\``))
    .map((folder) => ({
      rule: 'source-map',
      path: `src/${folder}`,
      message: `${mapPath} has no line for \`${folder}/\``,
    }));
}

/**
 * @param {string} text a Markdown table
 * @returns {{ cells: string[], line: number }[]} its rows below the head
 */
function tableRows(text) {
  return text
    .split('\n')
    .map((row, index) => ({ row: row.trim(), line: index + 1 }))
    .filter(({ row }) => row.startsWith('|'))
    .slice(2)
    .map(({ row, line }) => ({
      cells: row
        .slice(1, row.endsWith('|') ? -1 : undefined)
        .split('|')
        .map((cell) => cell.trim()),
      line,
    }));
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function claimsHaveTests(files) {
  const known = new Set(files.map((file) => file.path));
  return tableRows(textOf(files, claimsPath)).flatMap(({ cells, line }) => {
    /** @param {string} message */
    const finding = (message) => ({ rule: 'claims-have-tests', path: claimsPath, line, message });
    const [claim = '', test = '', limit = ''] = cells;
    if (cells.length !== 3 || claim === '' || limit === '') {
      return [finding('a row is | claim | test | limit |, each filled in')];
    }
    const named = test.match(/[\w./-]+\.test\.ts/g) ?? [];
    if (named.length === 0) return [finding('the row names no test file')];
    return named
      .filter((path) => !known.has(path))
      .map((path) => finding(`${path} does not exist`));
  });
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function decisionsAreIndexed(files) {
  const index = textOf(files, indexPath);
  const records = files.filter(
    (file) => file.path.startsWith('docs/adr/') && file.path !== indexPath,
  );
  return records.flatMap((record) => {
    const name = posix.basename(record.path);
    /** @param {string} message */
    const finding = (message) => ({ rule: 'decisions-are-indexed', path: record.path, message });
    if (!/^\d{4}-[a-z0-9-]+\.md$/.test(name)) return [finding('a record is NNNN-noun-phrase.md')];
    const twins = records.filter((other) =>
      posix.basename(other.path).startsWith(name.slice(0, 5)),
    );
    if (twins.length > 1) return [finding('another record has this number')];
    return index.includes(`(${name})`) ? [] : [finding(`${indexPath} has no link to it`)];
  });
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function linksLeadSomewhere(files) {
  const known = new Set(files.flatMap((file) => [file.path, ...foldersAbove(file.path)]));
  return files
    .filter((file) => file.path.endsWith('.md'))
    .flatMap((file) => {
      /** @param {string} line */
      const isBroken = (line) =>
        [...line.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].some(
          ([, target = '']) =>
            !known.has(posix.join(dirname(file.path), target).replace(/\/$/, '')),
        );
      return linesWhere(file, isBroken).map((line) => ({
        rule: 'links-lead-somewhere',
        path: file.path,
        line,
        message: 'a link on this line leads nowhere',
      }));
    });
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function foldersAbove(path) {
  const folder = posix.dirname(path);
  return folder === '.' ? [] : [folder, ...foldersAbove(folder)];
}

// House rules about source files. Words that a rule forbids are written here so that the rule
// does not find itself.
import ts from 'typescript';
import { isCode, isIn, linesWhere } from './tidy-files.mjs';

/**
 * @typedef {import('./tidy-files.mjs').TidyFile} TidyFile
 * @typedef {import('./tidy-files.mjs').Finding} Finding
 */

const maxLines = 400;
const maxBytes = 1024 * 1024;
const product = ['src', 'testnet', 'scripts'];
const code = [...product, 'test'];

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function noUnfinishedWork(files) {
  const marks = /\b(?:TO[D]O|FIX[M]E)\b/;
  return files
    .filter((file) => isCode(file) && isIn(file, code))
    .flatMap((file) =>
      linesWhere(file, (line) => marks.test(line)).map((line) => ({
        rule: 'no-unfinished-work',
        path: file.path,
        line,
        message: 'finish it, or state the limit in docs/',
      })),
    );
}

/**
 * @param {TidyFile} file
 * @returns {number[]} lines on which the type `any` is written
 */
function anyLines(file) {
  if (file.text === undefined || !/\bany\b/.test(file.text)) return [];
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, false);
  /** @type {number[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function noEscapeHatch(files) {
  const hatches = /@ts-(?:ignor[e]|expect-erro[r]|nochec[k])|eslint-disabl[e]/;
  return files
    .filter((file) => isCode(file) && isIn(file, product))
    .flatMap((file) => {
      const lines = [...linesWhere(file, (line) => hatches.test(line)), ...anyLines(file)];
      return lines.map((line) => ({
        rule: 'no-escape-hatch',
        path: file.path,
        line,
        message: 'give it its type instead of switching the check off',
      }));
    });
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function fileLength(files) {
  return files
    .filter((file) => isCode(file) && isIn(file, code))
    .flatMap((file) => {
      const lines = (file.text ?? '').trimEnd().split('\n').length;
      if (lines <= maxLines) return [];
      const message = `${String(lines)} lines; the limit is ${String(maxLines)}`;
      return [{ rule: 'file-length', path: file.path, message }];
    });
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function fileSize(files) {
  return files
    .filter((file) => file.bytes > maxBytes)
    .map((file) => ({
      rule: 'file-size',
      path: file.path,
      message: `${String(file.bytes)} bytes; the limit is ${String(maxBytes)}`,
    }));
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function kebabCaseNames(files) {
  const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
  return files
    .filter((file) => isIn(file, code) && !file.path.endsWith('/README.md'))
    .filter((file) => !file.path.split('/').every((part) => kebab.test(part)))
    .map((file) => ({
      rule: 'kebab-case-names',
      path: file.path,
      message: 'folders and files are named in kebab-case',
    }));
}

/**
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function noMachinePaths(files) {
  const machinePath = /(?<![\w.-])\/(?:work|root|home)\//;
  return files.flatMap((file) =>
    linesWhere(file, (line) => machinePath.test(line)).map((line) => ({
      rule: 'no-machine-paths',
      path: file.path,
      line,
      message: 'this path exists on one machine only',
    })),
  );
}

/**
 * A port is a promise about behaviour: it has no value to import at run time.
 * @param {readonly TidyFile[]} files
 * @returns {Finding[]}
 */
export function portsAreTypes(files) {
  return files
    .filter((file) => isCode(file) && file.path.startsWith('src/ports/'))
    .flatMap((file) => {
      const source = ts.createSourceFile(file.path, file.text ?? '', ts.ScriptTarget.Latest, false);
      return source.statements
        .filter((statement) => !isTypeStatement(statement))
        .map((statement) => ({
          rule: 'ports-are-types',
          path: file.path,
          line: source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1,
          message: 'src/ports holds interfaces and type aliases only',
        }));
    });
}

/** @param {ts.Statement} statement */
function isTypeStatement(statement) {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return true;
  if (ts.isImportDeclaration(statement)) return statement.importClause !== undefined;
  return ts.isExportDeclaration(statement) && statement.isTypeOnly;
}

import * as codeRules from './tidy-code.mjs';
import * as docRules from './tidy-docs.mjs';
import { readTree } from './tidy-files.mjs';

/** @typedef {import('./tidy-files.mjs').Finding} Finding */

const rules = [...Object.values(codeRules), ...Object.values(docRules)];

/**
 * Runs every house rule over a tree.
 * @param {string} root absolute path
 * @returns {{ findings: Finding[], fileCount: number, ruleCount: number }}
 */
export function tidy(root) {
  const files = readTree(root);
  return {
    findings: rules.flatMap((rule) => rule(files)),
    fileCount: files.length,
    ruleCount: rules.length,
  };
}

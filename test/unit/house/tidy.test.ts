import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tidy } from '../../../scripts/lib/tidy.mjs';
import { withTree } from './temp-tree.js';

const script = join(import.meta.dirname, '../../../scripts/tidy.mjs');

/** A tree that keeps every rule; each case below breaks one. */
const cleanTree = {
  'src/README.md': '- `base/` the floor\n',
  'src/base/result.ts': 'export const one = 1; // any of them\n',
  'src/ports/clock.ts': 'export interface Clock { now(): number }\n',
  'docs/CLAIMS.md': '| claim | test | limit |\n|---|---|---|\n| c | `test/a.test.ts` | none |\n',
  'docs/adr/README.md': '- [one](0001-one.md)\n',
  'docs/adr/0001-one.md': '# One\n',
  'test/a.test.ts': 'export {};\n',
};
const map = '- `base/` the floor\n- `ports/` promises\n';

const changed = (changes: Readonly<Record<string, string>>): Record<string, string> => ({
  ...cleanTree,
  'src/README.md': map,
  ...changes,
});

/** The names of the rules that a tree with these changes breaks. */
function brokenRules(changes: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return withTree(changed(changes), (root) => [
    ...new Set(tidy(root).findings.map((finding) => finding.rule)),
  ]);
}

const claims = (row: string): Record<string, string> => ({
  'docs/CLAIMS.md': `| claim | test | limit |\n|---|---|---|\n${row}\n`,
});

/** Forbidden words are put together here, so that tidy does not find them in this file. */
const word = (...parts: readonly string[]): string => parts.join('');

const broken: readonly (readonly [string, string, Record<string, string>])[] = [
  ['no-unfinished-work', 'a note', { 'src/base/a.ts': `// ${word('TO', 'DO')} later\n` }],
  ['no-unfinished-work', 'a note in a test', { 'test/b.ts': `// ${word('FIX', 'ME')}\n` }],
  ['no-escape-hatch', 'any', { 'src/base/a.ts': 'export const a: Array<any> = [];\n' }],
  ['no-escape-hatch', 'ignore', { 'testnet/a.ts': `// @ts-${word('ig', 'nore')}\nexport {};\n` }],
  ['no-escape-hatch', 'disable', { 'scripts/a.mjs': `/* eslint-${word('dis', 'able')} */\n` }],
  ['file-length', '401 lines', { 'src/base/a.ts': 'export {};\n'.repeat(401) }],
  ['file-size', 'over 1 MiB', { 'test/big.bin': '\0'.repeat(1024 * 1024 + 1) }],
  ['kebab-case-names', 'a file', { 'src/base/boundedQueue.ts': 'export {};\n' }],
  ['kebab-case-names', 'a folder', { 'test/Unit/a.ts': 'export {};\n' }],
  [
    'no-machine-paths',
    'in code',
    { 'src/base/a.ts': `export const p = '/${word('wo', 'rk')}/x';\n` },
  ],
  ['no-machine-paths', 'in prose', { 'docs/STYLE.md': `see /${word('ho', 'me')}/me/file\n` }],
  ['ports-are-types', 'a value', { 'src/ports/a.ts': 'export const a = 1;\n' }],
  ['ports-are-types', 'a bare import', { 'src/ports/a.ts': "import './clock.js';\n" }],
  ['source-map', 'an unnamed folder', { 'src/core/log/leaf.ts': 'export {};\n' }],
  ['claims-have-tests', 'no such file', claims('| c | `test/none.test.ts` | none |')],
  ['claims-have-tests', 'no file named', claims('| c | by review | none |')],
  ['claims-have-tests', 'no limit', claims('| c | `test/a.test.ts` | |')],
  ['decisions-are-indexed', 'no link', { 'docs/adr/0002-two.md': '# Two\n' }],
  ['decisions-are-indexed', 'a number twice', { 'docs/adr/0001-uno.md': '# Uno\n' }],
  ['decisions-are-indexed', 'a name without number', { 'docs/adr/two.md': '# Two\n' }],
  ['links-lead-somewhere', 'a dead link', { 'docs/TESTING.md': '[x](nowhere.md)\n' }],
];

describe('tidy', () => {
  it('finds nothing in a tree that keeps the rules', async () => {
    expect(await brokenRules({})).toEqual([]);
  });

  it.each(broken)('%s reports %s', async (rule, _what, changes) => {
    expect(await brokenRules(changes)).toEqual([rule]);
  });

  it('has a failing case for every rule', async () => {
    const { ruleCount } = await withTree(cleanTree, (root) => tidy(root));
    expect(new Set(broken.map(([rule]) => rule)).size).toBe(ruleCount);
  });

  it('does not look into what is installed, built or run', async () => {
    const text = `// ${word('TO', 'DO')}\n`;
    const files = { 'node_modules/a/src/A.ts': text, 'dist/src/a.ts': text, '.testnet/a.ts': text };
    expect(await brokenRules(files)).toEqual([]);
  });

  it.each([
    ['0 for a clean tree', {}, 0, 'tidy: 0 findings'],
    [
      '1 and the place for a broken one',
      { 'src/base/aB.ts': 'export {};\n' },
      1,
      'src/base/aB.ts  ',
    ],
  ] as const)('exits with %s', async (_what, changes, code, text) => {
    const done = await withTree(changed(changes), (root) =>
      spawnSync(process.execPath, [script, '--root', root], { encoding: 'utf8' }),
    );
    expect(done.stdout).toContain(text);
    expect(done.status).toBe(code);
  });
});

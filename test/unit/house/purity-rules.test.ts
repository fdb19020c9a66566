import { join } from 'node:path';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const purity = ['no-restricted-globals', 'no-restricted-properties', 'no-restricted-syntax'];

/** The purity rules that the repository's own configuration sets for a file at this path. */
async function rulesFor(path: string): Promise<Linter.RulesRecord> {
  const config = (await new ESLint({ cwd: root }).calculateConfigForFile(join(root, path))) as {
    readonly rules: Linter.RulesRecord;
  };
  return Object.fromEntries(Object.entries(config.rules).filter(([name]) => purity.includes(name)));
}

async function broken(path: string, code: string): Promise<readonly (string | null)[]> {
  const parser = tseslint.parser as Linter.Parser;
  const rules = await rulesFor(path);
  return new Linter()
    .verify(code, { languageOptions: { parser }, rules })
    .map((message) => message.ruleId);
}

const core = 'src/core/log/leaf.ts';
const domain = 'src/domain/event.ts';
const base = 'src/base/step.ts';

describe('purity rules', () => {
  it.each([
    ['the clock', core, 'no-restricted-properties', 'export const a = () => Date.now();'],
    [
      'the clock by constructor',
      core,
      'no-restricted-syntax',
      'export const a = () => new Date();',
    ],
    ['chance', core, 'no-restricted-properties', 'export const a = () => Math.random();'],
    ['chance', base, 'no-restricted-properties', 'export const a = () => Math.random();'],
    ['a timer', core, 'no-restricted-globals', 'setTimeout(() => 1, 1);'],
    ['a timer', base, 'no-restricted-globals', 'queueMicrotask(() => 1);'],
    ['an async function', core, 'no-restricted-syntax', 'export const a = async () => 1;'],
    ['a promise', core, 'no-restricted-globals', 'export const a = () => Promise.resolve(1);'],
    ['the process', domain, 'no-restricted-globals', 'export const a = () => process.env;'],
    ['a node buffer', domain, 'no-restricted-globals', 'export const a = () => Buffer.alloc(1);'],
    ['the global object', domain, 'no-restricted-globals', 'export const a = () => globalThis;'],
  ])('refuse %s in %s', async (_what, path, rule, code) => {
    expect(await broken(path, code)).toEqual([rule]);
  });

  it.each([
    ['a date from a number in a core', core, 'export const a = (ms: number) => new Date(ms);'],
    ['arithmetic in a core', core, 'export const a = (x: number) => Math.max(x, 1);'],
    ['a promise in app', 'src/app/publish.ts', 'export const a = async () => Promise.resolve(1);'],
    ['a timer in an adapter', 'src/adapters/system/clock.ts', 'setTimeout(() => 1, 1);'],
  ])('allow %s', async (_what, path, code) => {
    expect(await broken(path, code)).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node';
import { createVitest } from 'vitest/node';
import type { Mutant } from './mutant.js';
import { parses } from './rule-table.js';
import { ROOT } from './table-mutants.js';

export type Verdict =
  | { readonly kind: 'caught'; readonly test: string; readonly error: string }
  | { readonly kind: 'survived'; readonly passed: number }
  /** It does not compile, import or apply: that shows nothing about the rule. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** Errors that say the changed source is broken, not that a rule was missed. */
const BROKEN_SOURCE = ['SyntaxError', 'ReferenceError'];

/**
 * Runs tests against changed sources. One test runner lives through all mutants; the change is made
 * while the runner loads the file, so no file on disk is ever touched.
 */
export class Gate {
  readonly #vitest: Vitest;
  readonly #changed: Map<string, string>;

  private constructor(vitest: Vitest, changed: Map<string, string>) {
    this.#vitest = vitest;
    this.#changed = changed;
  }

  static async open(): Promise<Gate> {
    const changed = new Map<string, string>();
    const plugin = {
      name: 'mutant',
      enforce: 'pre' as const,
      load: (id: string): string | undefined => changed.get(id.replace(/\?.*$/, '')),
    };
    const vitest = await createVitest(
      'test',
      {
        config: false,
        root: ROOT,
        watch: false,
        bail: 1,
        reporters: [{}],
        include: ['test/**/*.test.ts'],
        exclude: ['test/e2e/**'],
        pool: 'threads',
        maxWorkers: 1,
        testTimeout: 60_000,
      },
      { plugins: [plugin], logLevel: 'silent' },
    );
    // Whoever calls decides what an exit code means.
    process.exitCode = 0;
    return new Gate(vitest, changed);
  }

  async close(): Promise<void> {
    await this.#vitest.close();
    process.exitCode = 0;
  }

  async judge(mutant: Mutant): Promise<Verdict> {
    const file = path.join(ROOT, mutant.file);
    const source = readFileSync(file, 'utf8');
    let changed: string;
    try {
      changed = mutant.change(source);
    } catch (error) {
      return invalid(error instanceof Error ? error.message : String(error));
    }
    if (changed === source) return invalid('changes nothing');
    if (!parses(changed)) return invalid('does not parse');
    this.#changed.set(file, changed);
    this.#vitest.invalidateFile(file);
    try {
      return await this.#runInOrder(mutant.tests);
    } finally {
      this.#changed.delete(file);
      this.#vitest.invalidateFile(file);
    }
  }

  /** File after file, as the rule's likeliest test comes first. */
  async #runInOrder(tests: readonly string[]): Promise<Verdict> {
    let passed = 0;
    for (const test of tests) {
      const verdict = await this.#run(this.#specification(test));
      if (verdict.kind !== 'survived') return verdict;
      passed += verdict.passed;
    }
    return { kind: 'survived', passed };
  }

  #specification(test: string): TestSpecification {
    return this.#vitest.getRootProject().createSpecification(path.join(ROOT, test));
  }

  async #run(specification: TestSpecification): Promise<Verdict> {
    // The runner answers with all files it remembers: it must remember this run alone.
    this.#vitest.state.filesMap.clear();
    const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications([
      specification,
    ]);
    if (unhandledErrors.length > 0) return invalid(messageOf(unhandledErrors[0]));
    const [module] = testModules;
    if (module === undefined || testModules.length > 1) return invalid('no one test file ran');
    if (module.moduleId !== specification.moduleId) return invalid('another test file ran');
    return verdictOf(module);
  }
}

function verdictOf(module: TestModule): Verdict {
  const [broken] = module.errors();
  if (broken) return invalid(broken.message);
  const cases = [...module.children.allTests()];
  const failed = cases.find((test) => test.result().state === 'failed');
  if (failed) return failureOf(failed);
  const passed = cases.filter((test) => test.result().state === 'passed').length;
  return passed > 0 ? { kind: 'survived', passed } : invalid('no test ran');
}

function failureOf(test: TestCase): Verdict {
  const error = test.result().errors?.[0];
  const message = (error?.message ?? 'no message').split('\n')[0] ?? '';
  if (error?.name !== undefined && BROKEN_SOURCE.includes(error.name)) return invalid(message);
  return { kind: 'caught', test: test.fullName, error: message };
}

function invalid(reason: string): Verdict {
  return { kind: 'invalid', reason: reason.split('\n')[0] ?? reason };
}

function messageOf(error: unknown): string {
  return error instanceof Error || (typeof error === 'object' && error && 'message' in error)
    ? String(error.message)
    : String(error);
}

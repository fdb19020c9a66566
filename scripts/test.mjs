// Sets up, runs the test suite, and ends with one line for people and machines:
// "N passed, N failed", with ", N skipped" when any test was skipped.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, readIfThere, run, say } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/**
 * Counts from the runner's own report. A file that fails outside its tests (it does not load, a
 * hook throws) counts as one failure, and so does a failed run whose report shows none.
 * @param {string | undefined} report
 * @param {number} exitCode
 * @returns {Tally}
 */
function tally(report, exitCode) {
  const files = report === undefined ? [] : parse(report);
  const tests = files.flatMap((file) => file.assertionResults);
  const broken = files.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length + broken.length;
  const unexplained = exitCode !== 0 && failed === 0 ? 1 : 0;
  return {
    passed,
    failed: failed + unexplained,
    skipped: tests.length - passed - (failed - broken.length),
  };
}

/**
 * @param {string} report
 * @returns {FileResult[]}
 */
function parse(report) {
  return /** @type {{ testResults: FileResult[] }} */ (JSON.parse(report)).testResults;
}

/** @param {readonly string[]} args */
async function runSuite(args) {
  const folder = mkdtempSync(join(tmpdir(), 'entente-test-'));
  try {
    const reportFile = join(folder, 'report.json');
    const code = await run(process.execPath, [
      join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ]);
    return tally(readIfThere(reportFile), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isReady = await setup();
const result = isReady ? await runSuite(process.argv.slice(2)) : tally(undefined, 1);
if (!isReady) say('test: the set-up failed, so no test ran.');
else if (result.passed + result.failed === 0) say('test: no test ran.');
const skipped = result.skipped > 0 ? `, ${String(result.skipped)} skipped` : '';
process.stdout.write(
  `\n${String(result.passed)} passed, ${String(result.failed)} failed${skipped}\n`,
);
process.exitCode = result.failed > 0 || result.passed === 0 ? 1 : 0;

/**
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/**
 * Counts from the runner's own report. A file that fails outside its tests (it does not load, a
 * hook throws) counts as one failure, and so does a failed run whose report shows none.
 * @param {string | undefined} report the runner's JSON, or undefined when there is none
 * @param {number} exitCode the runner's
 * @returns {Tally}
 */
export function tally(report, exitCode) {
  const files = report === undefined ? [] : resultsOf(report);
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length;
  const broken = files.filter(
    (file) =>
      file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const unexplained = exitCode !== 0 && failed + broken === 0 ? 1 : 0;
  return {
    passed,
    failed: failed + broken + unexplained,
    skipped: tests.length - passed - failed,
  };
}

/**
 * @param {string} report
 * @returns {FileResult[]}
 */
function resultsOf(report) {
  /** @type {{ testResults: FileResult[] }} */
  const { testResults } = JSON.parse(report);
  return testResults;
}

/** @param {Tally} counts */
export function tallyLine({ passed, failed, skipped }) {
  const rest = skipped > 0 ? `, ${String(skipped)} skipped` : '';
  return `${String(passed)} passed, ${String(failed)} failed${rest}`;
}

/**
 * A run in which nothing passed has shown nothing.
 * @param {Tally} counts
 */
export const hasPassed = ({ passed, failed }) => failed === 0 && passed > 0;

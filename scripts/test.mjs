// Sets up, runs the test suite, and ends with one line for people and machines:
// "N passed, N failed", with ", N skipped" when any test was skipped.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, readIfThere, run, say } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';
import { hasPassed, tally, tallyLine } from './lib/tally.mjs';

/** @param {readonly string[]} args for the test runner: folders, files, its own flags */
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
const counts = isReady ? await runSuite(process.argv.slice(2)) : tally(undefined, 1);
if (!isReady) say('test: the set-up failed, so no test ran.');
process.stdout.write(`\n${tallyLine(counts)}\n`);
process.exitCode = hasPassed(counts) ? 0 : 1;

// The one door: every check in order, stopping at the first that fails. --fast leaves out the tests.
import { run, say } from './lib/project.mjs';
import { ensureDependencies, requireNodeVersion } from './lib/dependencies.mjs';

const isFast = process.argv.includes('--fast');
const names = ['format:check', 'lint', 'types', 'arch', 'deadcode', 'tidy'];

/** @param {string} script the name of an npm script */
async function runScript(script) {
  const npmCli = process.env['npm_execpath'];
  const args = script === 'test' ? ['test'] : ['run', '--silent', script];
  return npmCli === undefined
    ? await run('npm', args)
    : await run(process.execPath, [npmCli, ...args]);
}

/** @param {string} name */
async function step(name) {
  say(`check: ${name} ...`);
  const startedAt = performance.now();
  const code = await runScript(name);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (code === 0) say(`check: ${name} ok (${seconds} s)`);
  return code === 0;
}

/** @returns {Promise<string | undefined>} the name of the check that failed */
async function firstFailure() {
  for (const name of names) if (!(await step(name))) return name;
  if (isFast) return undefined;
  say('check: test ...');
  return (await runScript('test')) === 0 ? undefined : 'test';
}

requireNodeVersion();
const failed = (await ensureDependencies()) ? await firstFailure() : 'setup';
if (failed !== undefined) {
  say(`check failed: ${failed}`);
  process.exitCode = 1;
} else if (isFast) {
  say('check: all passed (tests left out)');
}

import { join } from 'node:path';
import { digest, projectRoot, readIfThere, run, say, writeStamp } from './project.mjs';

const lockFile = join(projectRoot, 'package-lock.json');
const installedLock = join(projectRoot, 'node_modules', '.package-lock.json');
const stampFile = join(projectRoot, 'node_modules', '.entente-setup');

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockEntry
 */

/** Refuses a Node that is older than package.json's `engines` before anything else can fail oddly. */
export function requireNodeVersion() {
  const needed = /** @type {{ engines: { node: string } }} */ (
    JSON.parse(readIfThere(join(projectRoot, 'package.json')) ?? '{}')
  ).engines.node.replace('>=', '');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = needed.split('.').map(Number);
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  say(`entente needs Node ${needed} or newer; this is Node ${process.versions.node}.`);
  say('Install a newer Node from https://nodejs.org and run the command again.');
  process.exit(1);
}

/**
 * @param {string} text a lock file
 * @returns {Record<string, LockEntry>}
 */
function packagesOf(text) {
  const lock = /** @type {{ packages?: Record<string, LockEntry> }} */ (JSON.parse(text));
  return lock.packages ?? {};
}

/**
 * npm keeps its own record of what it installed. When that record already agrees with the lock
 * file, a tree installed by hand is taken as it is instead of being thrown away.
 * @param {string} lockText
 */
function installedMatches(lockText) {
  const record = readIfThere(installedLock);
  if (record === undefined) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(lockText)).every(([path, wanted]) => {
    if (path === '') return true;
    const got = installed[path];
    if (got === undefined) return wanted.optional === true || wanted.devOptional === true;
    return got.version === wanted.version && got.integrity === wanted.integrity;
  });
}

/**
 * Installs the locked packages when node_modules is missing or was made from another lock file.
 * @returns {Promise<boolean>} false when the installation failed
 */
export async function ensureDependencies() {
  const lockText = readIfThere(lockFile);
  if (lockText === undefined) {
    say('setup: package-lock.json is missing; this is not a complete checkout.');
    return false;
  }
  const stamp = digest([lockText, process.platform, process.arch]);
  if (readIfThere(stampFile)?.trim() === stamp) return true;
  if (!installedMatches(lockText)) {
    say('setup: installing the locked packages (npm ci) ...');
    const npmCli = process.env['npm_execpath'];
    const args = ['ci', '--no-audit', '--no-fund'];
    const code =
      npmCli === undefined
        ? await run('npm', args, 'stderr')
        : await run(process.execPath, [npmCli, ...args], 'stderr');
    if (code !== 0) {
      say(`setup: npm ci failed with exit code ${String(code)}.`);
      return false;
    }
  }
  writeStamp(stampFile, stamp);
  return true;
}

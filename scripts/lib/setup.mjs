import { ensureBuild } from './build.mjs';
import { ensureDependencies, requireNodeVersion } from './dependencies.mjs';

/**
 * Makes a fresh clone ready to run: the right Node, the locked packages, an up-to-date dist.
 * Does nothing that is already done.
 * @returns {Promise<boolean>} false when a step failed; the reason is on stderr
 */
export async function setup() {
  requireNodeVersion();
  return (await ensureDependencies()) && (await ensureBuild());
}

// Sets up, then becomes the testnet launcher: one process, so signals reach it directly.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';

if (await setup()) {
  const launcher = join(projectRoot, 'dist', 'testnet', 'start.js');
  process.argv[1] = launcher;
  await import(pathToFileURL(launcher).href);
} else {
  process.exitCode = 1;
}

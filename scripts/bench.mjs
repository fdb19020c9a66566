// Sets up, compiles the benchmarks beside dist, and runs the one that is named.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot, run, say } from './lib/project.mjs';
import { setup } from './lib/setup.mjs';

async function compiled() {
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const settings = join('scripts', 'bench', 'tsconfig.build.json');
  const code = await run(process.execPath, [compiler, '-p', settings], 'stderr');
  if (code !== 0) say(`bench: the compiler failed with exit code ${String(code)}.`);
  return code === 0;
}

if ((await setup()) && (await compiled())) {
  const main = join(projectRoot, 'dist', 'bench', 'scripts', 'bench', 'main.js');
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
} else {
  process.exitCode = 1;
}

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { digest, filesBelow, projectRoot, readIfThere, run, say, writeStamp } from './project.mjs';

const outDir = join(projectRoot, 'dist');
const stampFile = join(outDir, '.entente-build');
const compilerMemory = join(outDir, '.tsbuildinfo');
const sourceFolders = ['src', 'testnet'];
const settings = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const compiled = /\.(?:d\.ts|js|js\.map|d\.ts\.map)$/;

/** The web page has a build of its own and is no part of the node's output. */
const ownBuild = join(projectRoot, 'src', 'console');

function inputFiles() {
  return sourceFolders
    .flatMap((folder) => filesBelow(join(projectRoot, folder)))
    .filter((file) => !file.startsWith(ownBuild));
}

/** @param {readonly string[]} inputs */
function inputDigest(inputs) {
  const all = [...inputs, ...settings.map((name) => join(projectRoot, name))];
  return digest(all.flatMap((file) => [relative(projectRoot, file), readFileSync(file)]));
}

/** @param {string} file */
const isData = (file) => !['.ts', '.tsx', '.md'].includes(extname(file));

/** @param {readonly string[]} inputs */
function copyData(inputs) {
  for (const file of inputs.filter(isData)) {
    const target = join(outDir, relative(projectRoot, file));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
}

/** Removes the output of sources that are gone, so that no stale module can still be imported. */
function prune() {
  for (const folder of sourceFolders) {
    for (const file of filesBelow(join(outDir, folder))) {
      const source = join(projectRoot, relative(outDir, file));
      const isStale = compiled.test(file)
        ? !existsSync(source.replace(compiled, '.ts')) && !existsSync(source)
        : !existsSync(source);
      if (isStale) rmSync(file);
    }
  }
}

/**
 * Compiles src and testnet to dist and copies their data files, when anything they are made from
 * has changed since the last build.
 * @returns {Promise<boolean>} false when the compiler refused
 */
export async function ensureBuild() {
  const inputs = inputFiles();
  const stamp = inputDigest(inputs);
  const isThere = existsSync(join(outDir, 'src'));
  if (isThere && readIfThere(stampFile)?.trim() === stamp) return true;
  say('setup: building dist ...');
  rmSync(stampFile, { force: true });
  // The compiler trusts its memory of what it wrote, even when somebody has removed it.
  if (!isThere) rmSync(compilerMemory, { force: true });
  const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], 'stderr');
  if (code !== 0) {
    say(`setup: the compiler failed with exit code ${String(code)}.`);
    return false;
  }
  prune();
  copyData(inputs);
  writeStamp(stampFile, stamp);
  return true;
}
